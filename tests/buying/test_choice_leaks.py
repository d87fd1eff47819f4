"""Every page of each role, searched for what a buyer alone may know of its records."""

import re
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, Role, User
from accounts.services.people import make_person
from buying.models import ChoiceVersion
from buying.services.choice import begin_choice, file_version
from tests.buying.factories import make_considered, make_purchase_file, make_purchase_line
from tests.factories import make_listing, make_membership, make_organisation, make_user
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

WORDS = {
    "need": "needlewords",
    "amount": "4,321.10",
    "plain amount": "4321.10",
    "reason": "reasonwords",
    "link": "conflictwords",
    "other price": "5,678.90",
    "what it said": "answerwords",
    "own reference": "PO-SECRET",
    "line": "linewords",
}


@dataclass(frozen=True, slots=True)
class Scene:
    version: ChoiceVersion
    buyer: Organisation
    chosen: Organisation
    other: Organisation
    owner: User
    pages: list[str]


@pytest.fixture
def scene() -> Scene:
    """Two were considered, one was chosen and may know it; a file of purchases was sent, too."""
    buyer = make_organisation("Buyergate Library", slug="buyergate")
    owner = make_membership(buyer).user
    chosen, other = (
        make_listing(make_organisation(name, email=f"{name}@example.org", slug=name)).organisation
        for name in ("chosengate", "othergate")
    )
    draft = begin_choice(organisation=buyer, by=owner, own_reference=WORDS["own reference"])
    for organisation, price in ((chosen, "4321.10"), (other, "5678.90")):
        make_considered(
            draft,
            name=organisation.name,
            organisation=organisation,
            answer="yes",
            price=Decimal(price),
            words=WORDS["what it said"],
            chosen=organisation == chosen,
        )
    draft.what, draft.amount, draft.reason = WORDS["need"], Decimal("4321.10"), WORDS["reason"]
    draft.supplier, draft.supplier_name = chosen, chosen.name
    draft.conflict, draft.conflict_words = ChoiceVersion.Conflict.DECLARED, WORDS["link"]
    draft.decided_on, draft.tells_provider = timezone.localdate(), True
    draft.save()
    version = file_version(version=draft, by=owner)
    file = make_purchase_file(buyer)
    make_purchase_line(file, values={"supplier": chosen.name, "what": WORDS["line"]})
    my = "/my/buyergate/buying/"
    pages = ["/my/", "/buying/leeds/", "/buying/leeds.csv", "/buying/how-partners-choose/"]
    pages += ["/curate/", "/curate/enquiries/", "/my/buyergate/", f"{my}choices.csv", my]
    pages += [f"{my}choices/{version.choice_id}/{name}" for name in ("", "edit/", "void/")]
    pages += [f"{my}report{name}" for name in ("/", ".csv", "/records/", "/records.csv")]
    pages += [f"{my}purchases/", f"{my}purchases/{file.pk}/", f"{my}purchases/{file.pk}/lines.csv"]
    for organisation in (chosen, other):
        # A number of somebody else's under an address of one's own.
        own = f"/my/{organisation.slug}/"
        pages += [own, f"{own}buying/", f"{own}buying/choices/{version.choice_id}/"]
        pages += [f"{own}buying/choices.csv", f"{own}buying/purchases/{file.pk}/"]
        pages += [f"{own}buying/report.csv", organisation.get_absolute_url()]
    return Scene(version, buyer, chosen, other, owner, pages)


def seen(client: Client, pages: list[str]) -> set[str]:
    texts = [re.sub(r"\s+", " ", client.get(page).text) for page in pages]
    return {name for name, word in WORDS.items() if any(word in text for text in texts)}


@pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
def test_owners_and_editors_see_all_of_it(scene: Scene, role: str) -> None:
    member = make_membership(scene.buyer, role=role).user
    assert seen(signed_in(member), scene.pages) == set(WORDS)


@pytest.mark.parametrize("which", ["chosen", "other", "another", "nobody", "stranger", "curator"])
def test_nobody_else_sees_any_of_it(scene: Scene, which: str) -> None:
    client = Client()
    if which == "curator":
        client = signed_in(make_person(email="curator@example.org", roles=("curator",)))
    elif which == "nobody":
        client = signed_in(make_user())
    elif which != "stranger":
        known = {"chosen": scene.chosen, "other": scene.other}
        organisation = known.get(which) or make_organisation("Another")
        client = signed_in(make_membership(organisation).user)
    assert seen(client, scene.pages) == set()
    told = "Buyergate Library chose you" in client.get("/my/chosengate/").text
    assert told == (which == "chosen")
    assert "Buyergate" not in client.get("/my/othergate/").text


def test_the_mail_says_that_it_was_chosen_and_nothing_else(scene: Scene) -> None:
    mails = list(OutgoingMail.objects.all())
    assert [mail.to for mail in mails] == ["chosengate@example.org"]
    for part in (mails[0].subject, mails[0].text, mails[0].html):
        assert not any(word in part for word in WORDS.values())
        assert "othergate" not in part
