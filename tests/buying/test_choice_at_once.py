"""Two people at one record in the same moment."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.refused import Overtaken, Refused
from buying.models import ChoiceVersion
from buying.services.choice import begin_choice, begin_correction, file_version, void_choice
from buying.services.considering import begin_from_enquiry
from buying.services.draft import (
    DraftChanged,
    Entry,
    save_and_file,
    save_draft,
    version_of_draft,
)
from tests.accounts.racing import race
from tests.buying.factories import (
    make_choice,
    make_considered,
    make_enquiry,
    make_filed,
    make_recipient,
)
from tests.factories import make_membership, make_organisation
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library")


@pytest.fixture
def by(buyer: Organisation) -> User:
    return make_membership(buyer).user


@pytest.fixture
def draft(buyer: Organisation, by: User) -> ChoiceVersion:
    version = begin_choice(organisation=buyer, by=by)
    kitchen = make_organisation("Holbeck Kitchen", email="kitchen@example.org")
    make_considered(version, name="Holbeck Kitchen", organisation=kitchen, answer="yes")
    return version


def written(draft: ChoiceVersion, by: User, **fields: Any) -> dict[str, Any]:
    names = ("reason", "conflict_words", "rule_reason", "correction")
    values = {
        **dict.fromkeys(names, ""),
        "what": "Lunch",
        "category_id": None,
        "amount": 240,
        "decided_on": timezone.localdate(),
        "conflict": "none",
        "tells_provider": True,
        **fields,
    }
    (row,) = draft.considered.all()
    entry = Entry(row.pk, row.name, "", row.answer, None, "", chosen=True)
    return {
        "version": draft,
        "by": by,
        "seen": version_of_draft(draft),
        "values": values,
        "entries": [entry],
    }


def test_of_two_who_save_the_later_is_told(draft: ChoiceVersion, by: User) -> None:
    one, other = (written(draft, by, reason=text) for text in ("One", "Other"))
    outcomes = race(draft.choice, lambda: save_draft(**one), lambda: save_draft(**other))
    assert sum(isinstance(outcome, DraftChanged) for outcome in outcomes) == 1
    draft.refresh_from_db()
    assert draft.reason in {"One", "Other"}
    assert AuditEvent.objects.filter(verb="changed the draft of").count() == 1


def test_the_same_saved_twice_at_once_is_saved_once(draft: ChoiceVersion, by: User) -> None:
    same = written(draft, by)
    outcomes = race(draft.choice, lambda: save_draft(**same), lambda: save_draft(**same))
    assert outcomes == [draft, draft]
    assert draft.considered.count() == 1


def test_of_two_who_file_one_does_and_one_mail_goes(draft: ChoiceVersion, by: User) -> None:
    same = written(draft, by)
    outcomes = race(draft.choice, lambda: save_and_file(**same), lambda: save_and_file(**same))
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert ChoiceVersion.objects.filed().count() == 1
    assert OutgoingMail.objects.count() == 1


def test_filing_a_correction_and_saying_it_never_happened(buyer: Organisation, by: User) -> None:
    filed = make_filed(make_choice(buyer))
    second = begin_correction(choice=filed.choice, by=by)
    second.correction = "The bill came."
    second.save()
    outcomes = race(
        filed.choice,
        lambda: file_version(version=second, by=by),
        lambda: void_choice(choice=filed.choice, reason="Called off.", by=by),
    )
    assert ChoiceVersion.objects.filter(stands=True).count() == 1
    # Either the correction was still open, or it was filed and then taken back.
    refused = sum(isinstance(outcome, Refused) for outcome in outcomes)
    assert ChoiceVersion.objects.filed().count() == 3 - refused


def test_beginning_a_correction_twice_begins_one(buyer: Organisation, by: User) -> None:
    filed = make_filed(make_choice(buyer))
    outcomes = race(
        filed.choice,
        lambda: begin_correction(choice=filed.choice, by=by),
        lambda: begin_correction(choice=filed.choice, by=by),
    )
    assert outcomes[0] == outcomes[1]
    assert ChoiceVersion.objects.drafts().count() == 1


def test_the_same_form_begins_one_from_an_enquiry(buyer: Organisation, by: User) -> None:
    enquiry = make_enquiry(organisation=buyer)
    make_recipient(enquiry)

    def begin() -> ChoiceVersion:
        return begin_from_enquiry(organisation=buyer, enquiry=enquiry, by=by, start_hash="a" * 64)

    outcomes = race(buyer, begin, begin)
    assert outcomes[0] == outcomes[1]
    version = ChoiceVersion.objects.get()
    assert version.considered.count() == 1
