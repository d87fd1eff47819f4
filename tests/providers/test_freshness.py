"""Keeping the list true: who is asked when, who is warned, and that nobody is told twice."""

import datetime
import signal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Organisation, User
from providers import listing_index
from providers.models import Claim, Listing, ListingCard, Term
from providers.models.listing import months_before
from providers.services import freshness
from providers.services.listing_states import confirm
from providers.services.telling import tell_people
from providers.tasks import ask_whether_still_right, warn_of_ending_claims
from tests.factories import (
    make_claim,
    make_listing,
    make_membership,
    make_organisation,
    make_term,
    make_user,
)
from tests.job_worker import forget_heartbeats, job_worker, wait_until
from tests.search.worker import Worker
from tslsv.health import count_overdue
from tslsv.mail.models import OutgoingMail
from tslsv.mail.tasks import send_mail
from tslsv.tasks import retry_stalled_jobs

db = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def ago(months: int, days: int = 1) -> datetime.datetime:
    """Noon of a day so many months, and a day, before today."""
    day = months_before(timezone.localdate(), months) - datetime.timedelta(days=days)
    noon = datetime.datetime.combine(day, datetime.time(12))
    return timezone.make_aware(noon)


def unconfirmed(months: int, organisation: Organisation | None = None, **fields: Any) -> Listing:
    """A listing of an organisation with a member, last confirmed so many months and a day ago."""
    owner = organisation or make_membership().organisation
    return make_listing(owner, **{"confirmed_at": ago(months), **fields})


def ask() -> int:
    return freshness.ask_who_is_due(timezone.localdate())


def warn() -> int:
    return freshness.warn_of_ending_claims(timezone.localdate())


def mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("to", "subject"))


# -- Asking ---------------------------------------------------------------------------------------


@db
def test_everybody_who_acts_for_it_is_asked_once_after_six_months() -> None:
    listing = unconfirmed(6, title="Buffet lunches")
    make_membership(listing.organisation, make_user("kim@example.org"), "editor")
    gone = make_membership(listing.organisation, make_user("gone@example.org"))
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    assert ask() == 1
    assert ask() == 0
    asked = dict(mails())
    assert len(asked) == 2
    assert "kim@example.org" in asked
    assert set(asked.values()) == {"Is “Buffet lunches” still right?"}
    listing.refresh_from_db()
    assert listing.asked_at is not None
    assert listing.confirmed_at == ago(6)


@db
@pytest.mark.parametrize("days", [0, -20])
def test_before_six_months_nobody_is_asked(days: int) -> None:
    make_listing(make_membership().organisation, confirmed_at=ago(6, days))
    assert ask() == 0
    assert not OutgoingMail.objects.exists()


@db
@pytest.mark.parametrize("state", ["draft", "paused", "returned", "archived"])
def test_what_is_not_on_offer_is_not_asked_about(state: str) -> None:
    unconfirmed(7, state=state)
    assert ask() == 0


@db
@pytest.mark.parametrize(
    ("months", "asked_at_months", "due"),
    [
        (6, None, 1),
        (8, 6, 0),  # asked already
        (9, 6, 1),  # and once more with the badge
        (10, 9, 0),
        (11, 9, 1),  # and a last time
        (12, 11, 0),
        (30, 11, 0),
        (30, None, 1),  # hidden before anybody asked
    ],
)
def test_each_period_is_asked_about_three_times(
    months: int, asked_at_months: int | None, due: int
) -> None:
    # Some days after it fell due, as months are not of one length.
    asked_at = None if asked_at_months is None else ago(months - asked_at_months, -3)
    unconfirmed(months, asked_at=asked_at)
    assert ask() == due
    assert ask() == 0


@db
def test_a_yes_begins_a_new_period() -> None:
    # Asked eight months ago, confirmed seven months ago: nobody has been asked since.
    unconfirmed(7, asked_at=ago(8))
    assert ask() == 1


@db
def test_the_mail_says_what_comes_next() -> None:
    owner = make_membership().organisation
    unconfirmed(6, owner, title="Fresh")
    unconfirmed(9, owner, title="Stale")
    last = unconfirmed(11, owner, title="Last")
    unconfirmed(12, owner, title="Hidden")
    assert ask() == 1
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Are your 4 offers still right?"
    lines = {line.split(":")[0]: line for line in mail.text.splitlines() if line[:2] == "- "}
    assert lines["- Fresh"].endswith(f"confirmed on {day(ago(6))}")
    assert lines["- Stale"].endswith("“Not confirmed lately” beside it")
    hides = listing_index.hidden_on(timezone.localdate(last.confirmed_at))
    assert lines["- Last"].endswith(f"Search stops showing it on {day(hides)}")
    assert lines["- Hidden"].endswith("so search no longer shows it")
    # The longest unconfirmed first.
    assert list(lines) == ["- Hidden", "- Last", "- Stale", "- Fresh"]
    assert mail.text.count("/providers/still-right/") == 1


def day(moment: datetime.date) -> str:
    local = timezone.localtime(moment) if isinstance(moment, datetime.datetime) else moment
    return f"{local:%-d %B %Y}"


@db
def test_one_mail_an_organisation_and_the_rest_another_day() -> None:
    owner = make_membership().organisation
    for _ in range(freshness.MOST + 2):
        unconfirmed(6, owner)
    assert ask() == 1
    assert ask() == 0
    assert Listing.objects.filter(asked_at=None).count() == 2
    Listing.objects.exclude(asked_at=None).update(asked_at=timezone.now() - DAY)
    assert ask() == 1
    assert OutgoingMail.objects.count() == 2
    longest = max(len(line) for mail in OutgoingMail.objects.all() for line in mail.text.split())
    assert longest < 1500


@db
def test_register_entries_are_asked_about_only_where_somebody_acts() -> None:
    register = Listing.Origin.REGISTER
    unconfirmed(20, make_organisation(email="hello@bowls.example"), origin=register)
    assert ask() == 0
    claimed = unconfirmed(20, title="Claimed", origin=register)
    assert ask() == 1
    mail = OutgoingMail.objects.get()
    assert "Claimed: taken from a public register, never confirmed\n" in mail.text
    assert mail.to == claimed.organisation.memberships.get().user.email


@db
def test_where_nobody_acts_the_organisations_own_address_is_asked() -> None:
    unconfirmed(6, make_organisation(email="hello@phoned.example"), origin=Listing.Origin.CURATOR)
    assert ask() == 1
    assert [to for to, _ in mails()] == ["hello@phoned.example"]


@db
def test_made_up_organisations_are_asked_only_where_somebody_acts() -> None:
    pretend = make_organisation(email="hello@pretend.example", is_example=True)
    unconfirmed(6, pretend)
    assert ask() == 0
    make_membership(pretend)
    assert ask() == 1


@db
def test_where_nobody_can_be_written_to_whoever_joins_later_is_asked() -> None:
    listing = unconfirmed(6, make_organisation())
    assert ask() == 0
    listing.refresh_from_db()
    assert listing.asked_at is None
    make_membership(listing.organisation)
    assert ask() == 1


@db
def test_an_address_that_no_mail_can_be_sent_to_stops_nobody() -> None:
    listing = unconfirmed(6)
    broken = make_membership(listing.organisation)
    User.objects.filter(pk=broken.user_id).update(email="tëst@example.org")
    bad = unconfirmed(6, make_organisation(email="tëst@example.org"))
    assert ask() == 1
    assert OutgoingMail.objects.count() == 1
    bad.refresh_from_db()
    assert bad.asked_at is None


@db
def test_one_organisation_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (unconfirmed(6) for _ in range(3))
    tell = tell_people

    def fail_once(organisation: Organisation, *args: Any) -> int:
        if organisation == second.organisation:
            Organisation.objects.filter(pk=organisation.pk).update(name="half done")
            raise RuntimeError("of this one alone")
        return tell(organisation, *args)

    monkeypatch.setattr(freshness, "tell_people", fail_once)
    with pytest.raises(ExceptionGroup):
        ask()
    asked = Listing.objects.exclude(asked_at=None)
    assert set(asked) == {first, third}
    assert not Organisation.objects.filter(name="half done").exists()
    monkeypatch.undo()
    assert ask() == 1


@db
def test_an_organisation_that_has_gone_meanwhile_is_passed_over() -> None:
    gone = Organisation(pk=10**9)
    assert (
        freshness._for_each(
            [gone.pk], lambda row: freshness.ask(organisation=row, today=ago(0).date())
        )
        == 0
    )


# -- Hidden, and back -----------------------------------------------------------------------------


@db
def test_hidden_at_twelve_months_and_back_the_moment_it_is_confirmed(
    client: Client, places: None
) -> None:
    listing = unconfirmed(12, title="Xylophone lessons")
    Listing.objects.filter(pk=listing.pk).update(confirmed_at=timezone.now())
    listing_index.refresh([listing.pk])
    assert "1 offer from 1 provider" in client.get("/providers/?q=xylophone").text
    Listing.objects.filter(pk=listing.pk).update(confirmed_at=ago(12))
    in_a_year = timezone.localdate() + 367 * DAY
    assert listing_index.refresh_due(in_a_year) == 1
    assert "0 offers" in client.get("/providers/?q=xylophone").text
    confirm(listing=listing, actor_key=None)
    assert "1 offer from 1 provider" in client.get("/providers/?q=xylophone").text


@db
def test_the_badge_stands_from_nine_months_on(client: Client) -> None:
    fresh, stale = unconfirmed(8), unconfirmed(9)
    badge = "Not confirmed lately"
    assert badge not in client.get(fresh.get_absolute_url()).text
    assert badge in client.get(stale.get_absolute_url()).text


# -- Claims that run out --------------------------------------------------------------------------


def ending(days: int, organisation: Organisation | None = None, **fields: Any) -> Claim:
    owner = organisation or make_listing(make_membership().organisation).organisation
    term = fields.pop("term", None) or make_term(Term.Facet.ACCREDITATION, label="ISO 9001")
    return make_claim(owner, term, valid_to=timezone.localdate() + days * DAY, **fields)


@db
@pytest.mark.parametrize(("days", "told"), [(31, 0), (30, 1), (1, 1), (0, 1), (-1, 0)])
def test_accreditations_warn_thirty_days_before_they_run_out(days: int, told: int) -> None:
    claim = ending(days, reference="Q-77")
    assert warn() == told
    assert warn() == 0
    assert OutgoingMail.objects.count() == told
    if told:
        mail = OutgoingMail.objects.get()
        assert mail.subject == f"ISO 9001 runs out on {day(claim.valid_to or DAY)}"  # type: ignore[arg-type]
        assert "number Q-77" in mail.text
        assert f"/my/{claim.organisation.slug}/" in mail.text


@db
def test_a_new_date_is_warned_of_anew() -> None:
    claim = ending(10)
    assert warn() == 1
    Claim.objects.update(warned_at=timezone.now() - 365 * DAY)
    assert warn() == 1, "the warning of a year ago was about another date"
    claim.refresh_from_db()
    assert claim.warned_at is not None
    assert timezone.localdate(claim.warned_at) == timezone.localdate()


@db
def test_all_of_an_organisation_are_in_one_mail() -> None:
    owner = make_listing(make_membership().organisation).organisation
    for label in ("ISO 9001", "ISO 14001"):
        ending(5, owner, term=make_term(Term.Facet.ACCREDITATION, label=label))
    assert warn() == 1
    mail = OutgoingMail.objects.get()
    assert mail.subject == "2 claims run out soon"
    assert "ISO 14001" in mail.text


@db
def test_who_leads_who_is_served_and_what_was_withdrawn_are_left_in_peace() -> None:
    ending(5, term=make_term(Term.Facet.EDI_LED))
    ending(5, term=make_term(Term.Facet.EDI_SERVES))
    ending(5, withdrawn_at=timezone.now())
    make_claim(make_membership().organisation, valid_to=timezone.localdate())  # nothing on offer
    assert warn() == 0
    assert not OutgoingMail.objects.exists()


@db
def test_where_nobody_acts_the_mail_leads_to_a_curator() -> None:
    owner = make_organisation(email="hello@phoned.example")
    make_listing(owner)
    ending(5, owner)
    assert warn() == 1
    mail = OutgoingMail.objects.get()
    assert f"{owner.get_absolute_url()}report/" in mail.text
    assert "tell a curator the new date" in mail.text


# -- Jobs -----------------------------------------------------------------------------------------


def outcome(work: Any) -> list[int]:
    """What two at once return, in order."""
    returned: list[int] = []
    both = [Worker(lambda: returned.append(work())) for _ in range(2)]
    for one in both:
        one.finish()
    return sorted(returned)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", [ask, warn])
def test_two_at_once_tell_everybody_once(work: Any) -> None:
    for _ in range(5):
        listing = unconfirmed(6)
        ending(5, listing.organisation)
    assert sum(outcome(work)) == 5
    assert OutgoingMail.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_asks_everybody_once() -> None:
    listings = [unconfirmed(6) for _ in range(3)]
    middle = listings[1].organisation
    ask_whether_still_right.configure().defer(timestamp=0)

    def begun() -> bool:
        job = ProcrastinateJob.objects.filter(task_name=ask_whether_still_right.name).first()
        return job is not None and job.status == "doing" and OutgoingMail.objects.count() == 1

    with transaction.atomic():
        # While we hold its row, the job can only wait for it.
        Organisation.objects.select_for_update().get(pk=middle.pk)
        with job_worker() as worker:
            wait_until(begun)
            worker.send_signal(signal.SIGKILL)
            worker.wait(timeout=10)
    assert OutgoingMail.objects.count() == 1
    forget_heartbeats()

    retry_stalled_jobs.configure(queueing_lock="this test").defer(timestamp=0)
    with job_worker("--fetch-job-polling-interval=0.5"):
        wait_until(lambda: OutgoingMail.objects.count() == 3)
        jobs = ProcrastinateJob.objects.filter(task_name=send_mail.name)
        wait_until(lambda: [job.status for job in jobs.all()] == ["succeeded"] * 3)
    sent = OutgoingMail.objects.values_list("to", "attempts")
    members = {row.organisation.memberships.get().user.email for row in listings}
    assert len(sent) == 3
    assert dict(sent) == dict.fromkeys(members, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("task", [ask_whether_still_right, warn_of_ending_claims])
def test_healthz_counts_these_jobs_when_they_are_overdue(task: Any) -> None:
    late = timezone.now() - datetime.timedelta(minutes=6)
    task.configure(schedule_at=late).defer(timestamp=0)
    assert count_overdue().overdue_jobs == 1


@db
def test_the_jobs_do_the_day_work() -> None:
    ending(5, unconfirmed(6).organisation)
    assert ask_whether_still_right(timestamp=0) == 1
    assert warn_of_ending_claims(timestamp=0) == 1
    assert not ListingCard.objects.exists()
