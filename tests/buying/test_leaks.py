"""Every page and every mail of each role, searched for what others alone may know."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Organisation, Role, User
from accounts.services.people import make_person
from buying.models import Enquiry, Message, Recipient
from buying.services import answering, ending
from buying.services.answering import Answer
from tests.buying.asking import mails_to, path_of, sent
from tests.factories import make_confirmed_user, make_listing, make_membership, make_organisation
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

ASKER = "sam.secret@buyer.example"
FIRST, SECOND = "first@provider.example", "second@provider.example"
WORDS = {
    "address": ASKER,
    "need": "needlewords",
    "budget": "777.00",
    "first answer": "firstwords",
    "first price": "111.11",
    "second answer": "secondwords",
    "second price": "222.22",
    "asker to first": "needletoone",
    "report": "reportwords",
    "first": "Firstgate Kitchen",
    "second": "Secondgate Hall",
}


@dataclass(frozen=True, slots=True)
class Scene:
    enquiry: Enquiry
    first: Recipient
    second: Recipient
    buyer: Organisation
    asker: User


@pytest.fixture
def scene() -> Scene:
    """Sam asked two for an organisation with an editor; both answered, and Sam wrote to one."""
    asker = make_confirmed_user(ASKER, name="Sam")
    buyer = make_membership(make_organisation("Buyergate Library"), asker).organisation
    offers = []
    for name, address in ((WORDS["first"], FIRST), (WORDS["second"], SECOND)):
        organisation = make_organisation(name)
        make_membership(organisation, make_confirmed_user(address))
        offers.append(make_listing(organisation, title=f"{name} lunches"))
    enquiry = sent(*offers, email=ASKER, what=WORDS["need"], budget=WORDS["budget"])
    Enquiry.objects.update(user=asker, organisation=buyer)
    enquiry.refresh_from_db()
    first, second = enquiry.recipients.order_by("position")
    for row, which in ((first, "first"), (second, "second")):
        said = Answer(Message.Kind.YES, WORDS[f"{which} answer"], Decimal(WORDS[f"{which} price"]))
        answering.answer(recipient=row, said=said, by=None, key="", seen=None)
    answering.write_message(
        recipient=first, side=Message.By.ASKER, text=WORDS["asker to first"], by=None, key=""
    )
    return Scene(enquiry, first, second, buyer, asker)


def addresses(scene: Scene) -> list[str]:
    """Every page there is about it, under every way in that somebody may guess or hold."""
    enquiry = scene.enquiry
    pages = ["/my/", "/buying/enquiries/", f"/buying/enquiries/{enquiry.reference}/"]
    pages += ["/curate/", "/curate/enquiries/", "/curate/enquiries/block/"]
    for row in (scene.first, scene.second):
        assert row.organisation is not None
        base = f"/my/{row.organisation.slug}/"
        pages += [base, f"{base}enquiries/", f"{base}enquiries/{row.pk}/"]
        pages += [f"{base}enquiries/{row.pk}/not-genuine/", f"/curate/enquiries/{row.pk}/"]
        pages += [f"/buying/enquiries/{enquiry.reference}/{row.pk}/{name}/" for name in ACTS]
        pages += [row.organisation.get_absolute_url()]
    pages += [f"/buying/enquiries/{enquiry.reference}/{name}/" for name in ("thank", "close")]
    pages += [f"/my/{scene.buyer.slug}/", f"/my/{scene.buyer.slug}/enquiries/"]
    return pages


ACTS = ("give-address", "accept")


def seen(client: Client, pages: list[str], *more: str) -> set[str]:
    """Which of the words stand on any of these pages."""
    texts = [client.get(page).text for page in [*pages, *more]]
    return {name for name, word in WORDS.items() if any(word in text for text in texts)}


def mailed(*to: str) -> set[str]:
    """Which of them stand in any mail to these addresses, in any part of it."""
    mails = [mail for address in to for mail in mails_to(address)]
    assert mails
    texts = [f"{mail.subject}\n{mail.text}\n{mail.html}" for mail in mails]
    return {name for name, word in WORDS.items() if any(word in text for text in texts)}


# The names of providers are public, on their own pages; nothing else is.
PUBLIC = {"first", "second"}
TO_FIRST = {"need", "budget", "first", "first answer", "first price", "asker to first"}
TO_SECOND = {"need", "budget", "second", "second answer", "second price"}
TO_ASKER = set(WORDS) - {"report"}


def test_strangers_see_nothing(scene: Scene) -> None:
    pages = addresses(scene)
    assert seen(Client(), pages) <= PUBLIC
    stranger = make_membership(role=Role.OWNER).user
    assert seen(signed_in(stranger), pages) <= PUBLIC
    broker = make_person(email="broker@example.org", roles=("broker",))
    assert seen(signed_in(broker), pages) <= PUBLIC


def test_a_curator_sees_patterns_until_something_is_reported(scene: Scene) -> None:
    curator = signed_in(make_person(email="curator@example.org", roles=("curator",)))
    pages = addresses(scene)
    assert seen(curator, pages) <= PUBLIC
    text = curator.get("/curate/enquiries/").text
    assert "asker-" in text
    Client().post(f"{path_of(scene.first)}not-genuine/", {"report": WORDS["report"]})
    assert seen(curator, pages) >= {"address", "need", "first answer", "report"}
    assert not seen(curator, pages) & {"second answer", "second price"}
    curator.post(f"/curate/enquiries/{scene.first.pk}/", {"outcome": "fine"})
    assert seen(curator, pages) <= {"address", *PUBLIC}, "settled, it is private again"


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_provider_sees_its_own_conversation_alone(scene: Scene, which: str) -> None:
    row: Recipient = getattr(scene, which)
    own = TO_FIRST if which == "first" else TO_SECOND
    by_link = path_of(row)
    assert seen(Client(), [by_link, f"{by_link}not-genuine/"]) == own
    member = User.objects.get(email=FIRST if which == "first" else SECOND)
    assert seen(signed_in(member, second_factor=False), addresses(scene)) == own | PUBLIC
    assert mailed(member.email) == own - {f"{which} answer", f"{which} price"}


def test_nobody_learns_how_many_were_asked(scene: Scene) -> None:
    for row, address in ((scene.first, FIRST), (scene.second, SECOND)):
        texts = [Client().get(path_of(row)).text, *(mail.text for mail in mails_to(address))]
        for text in texts:
            assert "position" not in text
            assert "2 providers" not in text
            assert "others" not in text.lower().replace("others see", "")


def test_a_budget_that_is_not_given_is_not_shown(scene: Scene) -> None:
    Enquiry.objects.update(budget=None)
    assert "Budget" not in Client().get(path_of(scene.first)).text


def test_whoever_asked_and_their_organisation_see_all_of_it(scene: Scene) -> None:
    editor = make_membership(scene.buyer, role=Role.EDITOR).user
    page = f"/buying/enquiries/{scene.enquiry.reference}/"
    for user in (scene.asker, editor):
        found = seen(signed_in(user, second_factor=False), [page])
        assert found >= TO_ASKER - {"address"}
    assert mailed(ASKER) >= {"first answer", "second answer", "first price", "second price"}
    assert FIRST not in "".join(mail.text + mail.html for mail in mails_to(ASKER))
    make_link = [mail for mail in mails_to(ASKER) if "/buying/enquiries/" in mail.text]
    assert make_link
    for text in (signed_in(editor, second_factor=False).get(page).text, make_link[-1].text):
        assert FIRST not in text
        assert SECOND not in text


def test_the_address_reaches_whom_it_is_given_to_and_nobody_else(scene: Scene) -> None:
    for address in (FIRST, SECOND):
        assert "address" not in mailed(address)
    ending.give_address(recipient=scene.first, by=None)
    assert "address" in mailed(FIRST)
    assert "address" in seen(Client(), [path_of(scene.first)])
    assert "address" not in mailed(SECOND)
    assert "address" not in seen(Client(), [path_of(scene.second)])


def test_one_link_opens_nothing_of_another(scene: Scene) -> None:
    token = path_of(scene.first).split("/")[3]
    for path in (
        f"/buying/enquiries/{token}/",
        f"/buying/enquiries/{token}/{scene.first.pk}/accept/",
        f"/buying/answer/{scene.enquiry.reference}/",
    ):
        assert Client().get(path).status_code == 404
    asker_token = next(
        mail.text.partition("/buying/enquiries/")[2][:64] for mail in mails_to(ASKER)
    )
    cache.clear()
    assert Client().get(f"/buying/answer/{asker_token}/").status_code == 404
    foreign = sent(make_listing(make_organisation(email="x@provider.example")), title="Another")
    other = foreign.recipients.get()
    write = f"/buying/enquiries/{asker_token}/{other.pk}/write/"
    assert Client().post(write, {f"to-{other.pk}-text": "Hello"}).status_code == 404


def test_the_audit_says_nothing_of_what_was_said(scene: Scene) -> None:
    from accounts.models import AuditEvent

    kept = " ".join(str(row) for row in AuditEvent.objects.values_list())
    assert not [name for name, word in WORDS.items() if word in kept]
