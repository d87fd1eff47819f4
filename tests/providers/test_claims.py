"""Making, changing and withdrawing claims: who may, what the audit keeps, what search shows."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.refused import Overtaken, Refused
from providers import listing_index
from providers.models import Claim, Listing, Term
from providers.permissions import Author
from providers.services.claims import (
    GONE,
    NOT_A_TERM,
    NOT_OWNER,
    PAST,
    ClaimsClash,
    claimed,
    digest,
    set_accreditation,
    set_claims,
    withdraw_claim,
    withdraw_edi,
)
from providers.services.locking import NOT_YOURS
from tests.accounts.racing import race
from tests.factories import make_claim, make_listing, make_membership, make_organisation, make_term
from tests.providers.writers import OTHERS, WRITERS, author_of, curator, found_ids, make_complete

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)
Facet = Term.Facet
TODAY = timezone.localdate


@pytest.fixture
def listing(db: None, vocabulary: None) -> Listing:
    """A published one, in the index."""
    made = make_complete("published")
    listing_index.refresh([made.pk])
    return made


def ethos(listing: Listing, author: Author, *codes: str, seen: str | None = None) -> None:
    set_claims(listing=listing, facet=Facet.ETHOS, codes=codes, author=author, seen=seen)


def accredit(listing: Listing, author: Author, **fields: object) -> Claim:
    values = {
        "code": "living-wage-employer", "reference": "", "evidence": "", "valid_to": None, **fields,
    }  # fmt: skip
    if not Term.objects.filter(facet=Facet.ACCREDITATION, code=values["code"]).exists():
        make_term(Facet.ACCREDITATION, str(values["code"]))
    return set_accreditation(listing=listing, author=author, **values)  # type: ignore[arg-type]


# -- Ethos ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITERS)
def test_all_who_write_claim_ethos(name: str, listing: Listing) -> None:
    author = author_of(name, listing)
    ethos(listing, author, "living-wage", "member-owned")
    assert claimed(listing.organisation, Facet.ETHOS) == ["living-wage", "member-owned"]
    assert {claim.level for claim in Claim.objects.all()} == {"declared"}
    assert found_ids("ethos=living-wage") == [listing.pk]


@pytest.mark.parametrize("name", OTHERS)
def test_others_claim_nothing(name: str, listing: Listing) -> None:
    author = author_of(name, listing)
    with pytest.raises(Refused, match=NOT_YOURS):
        ethos(listing, author, "living-wage")
    assert not Claim.objects.exists()


def test_what_stays_is_left_alone_and_what_goes_is_withdrawn(listing: Listing) -> None:
    author = author_of("owner", listing)
    term = Term.objects.get(facet=Facet.ETHOS, code="living-wage")
    kept = make_claim(listing.organisation, term, level="checked")
    ethos(listing, author, "living-wage", "member-owned")
    ethos(listing, author, "living-wage")
    kept.refresh_from_db()
    assert (kept.level, kept.withdrawn_at) == ("checked", None)
    gone = Claim.objects.get(term__code="member-owned")
    assert gone.withdrawn_at is not None
    assert found_ids("ethos=member-owned") == []
    ethos(listing, author, "living-wage", "member-owned")
    assert Claim.objects.filter(term__code="member-owned").count() == 2


def test_saying_the_same_is_no_event(listing: Listing) -> None:
    author = author_of("owner", listing)
    ethos(listing, author, "living-wage")
    ethos(listing, author, "living-wage")
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_type) == ("answered", "accounts.organisation")
    assert event.fields == ["ethos"]


@pytest.mark.parametrize("code", ["nothing", "retired"])
def test_only_terms_of_today_are_claimed(code: str, listing: Listing) -> None:
    author = author_of("owner", listing)
    make_term(Facet.ETHOS, "retired", active=False)
    with pytest.raises(Refused, match=NOT_A_TERM):
        ethos(listing, author, "living-wage", code)
    assert not Claim.objects.exists()


def test_a_retired_term_that_is_claimed_may_stay(listing: Listing) -> None:
    author = author_of("owner", listing)
    make_claim(listing.organisation, make_term(Facet.ETHOS, "retired", active=False))
    ethos(listing, author, "retired", "living-wage")
    assert claimed(listing.organisation, Facet.ETHOS) == ["living-wage", "retired"]


@pytest.mark.parametrize("facet", [Facet.CATEGORY, Facet.ACCESS])
def test_what_is_no_claim_is_refused(facet: Term.Facet, listing: Listing) -> None:
    author = author_of("owner", listing)
    with pytest.raises(Refused, match=NOT_A_TERM):
        set_claims(listing=listing, facet=facet, codes=[], author=author)


def test_every_offer_of_the_organisation_is_found_by_it(listing: Listing) -> None:
    author = author_of("owner", listing)
    other = make_listing(listing.organisation)
    listing_index.refresh([other.pk])
    ethos(listing, author, "living-wage")
    assert set(found_ids("ethos=living-wage")) == {listing.pk, other.pk}
    assert listing_index.differences() == []


def test_what_was_saved_meanwhile_is_shown_to_the_later(listing: Listing) -> None:
    author = author_of("owner", listing)
    seen = digest([])
    ethos(listing, author, "living-wage", seen=seen)
    with pytest.raises(ClaimsClash) as clash:
        ethos(listing, author, "member-owned", seen=seen)
    assert clash.value.now == ["living-wage"]
    assert claimed(listing.organisation, Facet.ETHOS) == ["living-wage"]


# -- Who leads and who is served --------------------------------------------------------------


@pytest.mark.parametrize("facet", [Facet.EDI_LED, Facet.EDI_SERVES])
@pytest.mark.parametrize("name", WRITERS)
def test_only_owners_and_who_registers_answer(
    name: str, facet: Term.Facet, listing: Listing
) -> None:
    author = author_of(name, listing)
    if name in {"owner", "registrant"}:
        set_claims(listing=listing, facet=facet, codes=["women"], author=author)
        assert claimed(listing.organisation, facet) == ["women"]
        return
    with pytest.raises(Refused, match=NOT_OWNER):
        set_claims(listing=listing, facet=facet, codes=["women"], author=author)
    with pytest.raises(Refused, match=NOT_OWNER):
        withdraw_edi(listing=listing, author=author)
    assert not Claim.objects.exists()


def test_led_by_and_serves_are_kept_apart(listing: Listing) -> None:
    author = author_of("owner", listing)
    set_claims(listing=listing, facet=Facet.EDI_LED, codes=["women"], author=author)
    assert claimed(listing.organisation, Facet.EDI_SERVES) == []
    assert found_ids("edi_led=women") == [listing.pk]
    assert found_ids("edi_serves=women") == []


def test_the_audit_never_says_what_was_answered(listing: Listing) -> None:
    author = author_of("owner", listing)
    for facet in (Facet.EDI_LED, Facet.EDI_SERVES):
        set_claims(listing=listing, facet=facet, codes=["women"], author=author)
    withdraw_edi(listing=listing, author=author)
    events = AuditEvent.objects.all()
    assert [event.fields for event in events] == [
        ["edi_led", "edi_serves"], ["edi_serves"], ["edi_led"],
    ]  # fmt: skip
    for event in events:
        # Not even by the number of a claim, whose row would tell.
        assert event.object_type == "accounts.organisation"
        assert event.object_id == str(listing.organisation_id)


def test_all_answers_are_withdrawn_in_one_step(listing: Listing) -> None:
    author = author_of("owner", listing)
    ethos(listing, author, "living-wage")
    for facet in (Facet.EDI_LED, Facet.EDI_SERVES):
        set_claims(listing=listing, facet=facet, codes=["women"], author=author)
    withdraw_edi(listing=listing, author=author)
    withdraw_edi(listing=listing, author=author)
    # Not even a row that says so once stays.
    assert [claim.term.facet for claim in Claim.objects.all()] == ["ethos"]
    assert found_ids("edi_led=women") == []
    assert AuditEvent.objects.filter(verb="withdrew").count() == 1


# -- Accreditations ---------------------------------------------------------------------------


def test_an_accreditation_begins_as_declared(listing: Listing) -> None:
    author = author_of("editor", listing)
    until = TODAY() + datetime.timedelta(days=300)
    claim = accredit(listing, author, reference="A 12", evidence="A list.", valid_to=until)
    assert (claim.level, claim.reference, claim.valid_to) == ("declared", "A 12", until)
    assert claim.looked_at is None
    assert AuditEvent.objects.get().fields == [
        "accreditation", "evidence", "reference", "valid_to",
    ]  # fmt: skip
    assert found_ids(f"accreditation={claim.term.code}") == [listing.pk]


@pytest.mark.parametrize(
    "new",
    [
        {"reference": "B 13"},
        {"evidence": "Another list."},
        {"valid_to": datetime.date(2099, 1, 1)},
        {"valid_to": None},
    ],
)
def test_what_changes_has_to_be_looked_at_again(new: dict[str, object], listing: Listing) -> None:
    author = author_of("owner", listing)
    said = {
        "reference": "A 12",
        "evidence": "A list.",
        "valid_to": TODAY() + datetime.timedelta(days=9),
    }
    claim = accredit(listing, author, **said)
    Claim.objects.filter(pk=claim.pk).update(
        level="checked", checked_on=TODAY(), checked_by=curator(), looked_at=timezone.now(),
        warned_at=timezone.now(),
    )  # fmt: skip
    assert accredit(listing, author, **said).level == "checked"
    again = accredit(listing, author, **(said | new))
    assert again.pk == claim.pk
    assert (again.level, again.looked_at, again.checked_on) == ("declared", None, None)
    assert again.checked_by is None
    assert (again.warned_at is None) is ("valid_to" in new)


def test_a_day_that_has_gone_by_is_refused(listing: Listing) -> None:
    author = author_of("owner", listing)
    with pytest.raises(Refused, match=PAST):
        accredit(listing, author, valid_to=TODAY() - datetime.timedelta(days=1))
    assert accredit(listing, author, valid_to=TODAY()).valid_to == TODAY()


@pytest.mark.parametrize("code", ["nothing", "retired"])
def test_only_accreditations_of_today(code: str, listing: Listing) -> None:
    author = author_of("owner", listing)
    make_term(Facet.ACCREDITATION, "retired", active=False)
    with pytest.raises(Refused, match=NOT_A_TERM):
        set_accreditation(
            listing=listing, code=code, reference="", evidence="", valid_to=None, author=author
        )


def test_one_claim_is_withdrawn_once(listing: Listing) -> None:
    author = author_of("owner", listing)
    claim = accredit(listing, author)
    for _ in range(2):
        withdraw_claim(listing=listing, claim_id=claim.pk, author=author)
    claim.refresh_from_db()
    assert claim.withdrawn_at is not None
    assert found_ids(f"accreditation={claim.term.code}") == []
    assert AuditEvent.objects.filter(verb="withdrew").count() == 1


def test_others_claims_are_not_ones_own(listing: Listing) -> None:
    author = author_of("owner", listing)
    theirs = make_claim(make_organisation())
    with pytest.raises(Overtaken, match=GONE):
        withdraw_claim(listing=listing, claim_id=theirs.pk, author=author)
    led = make_claim(listing.organisation, Term.objects.filter(facet=Facet.EDI_LED)[0])
    with pytest.raises(Refused, match=NOT_OWNER):
        withdraw_claim(listing=listing, claim_id=led.pk, author=author_of("editor", listing))


@real_db
def test_two_claim_at_once_and_none_is_lost_unseen() -> None:
    listing = make_complete()
    author = Author(make_membership(listing.organisation).user)
    for code in ("one", "two"):
        make_term(Facet.ETHOS, code)
    outcomes = race(
        listing.organisation,
        lambda: ethos(listing, author, "one", seen=digest([])),
        lambda: ethos(listing, author, "two", seen=digest([])),
    )
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, ClaimsClash)]
    assert lost.now == claimed(listing.organisation, Facet.ETHOS)


@real_db
def test_accredited_twice_at_once_it_is_claimed_once() -> None:
    listing = make_complete()
    author = Author(make_membership(listing.organisation).user)
    make_term(Facet.ACCREDITATION, "mark")
    outcomes = race(
        listing.organisation,
        lambda: accredit(listing, author, code="mark", reference="1"),
        lambda: accredit(listing, author, code="mark", reference="1"),
    )
    assert outcomes[0] == outcomes[1]
    assert Claim.objects.count() == 1
