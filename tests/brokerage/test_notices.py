"""Needs and offers from a draft to the board and off it again, in services and on pages."""

import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, Membership
from accounts.refused import Overtaken, Refused
from brokerage import notice_index, vocabulary
from brokerage.models import Kind, Notice, NoticeCard, NoticeIndexRow, Skill
from brokerage.notice_mails import renew_token
from brokerage.services import notice as service
from tests.accounts.racing import race
from tests.brokerage.acting import in_days, make_broker, today
from tests.brokerage.factories import make_need
from tests.factories import make_membership, make_postcode, make_ward
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

State = Notice.State


@pytest.fixture(autouse=True)
def kinds() -> None:
    vocabulary.load()


@pytest.fixture
def member() -> Membership:
    return make_membership()


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Clear the paths",
        "description": "All of them.",
        "benefit_to_host": "Paths.",
        "benefit_to_giver": "A day outdoors.",
        "places_min": "2",
        "places_max": "12",
        "hours_each": "6",
        "mode": "in-person",
        "contact_name": "Sam",
        "contact_email": "sam@example.org",
        "key": "k" * 32,
        **fields,
    }


def at(member: Membership, end: str = "") -> str:
    return f"/my/{member.organisation.slug}/brokerage/{end}"


def written(member: Membership, client: Client | None = None, **fields: Any) -> Notice:
    client = client or signed_in(member.user)
    response = client.post(at(member, "new/need/team-day/"), typed(**fields))
    assert response.status_code == 302, response.text
    return Notice.objects.latest("pk")


def act(member: Membership, notice: Notice, act: str) -> None:
    response = signed_in(member.user).post(at(member, f"notices/{notice.reference}/do/{act}/"))
    assert response.status_code == 302
    notice.refresh_from_db()


def test_from_the_menu_to_the_board(member: Membership) -> None:
    make_ward()
    make_postcode("LS8 4AA", latitude=53.83, longitude=-1.51)
    client = signed_in(member.user)
    assert "We need this" in client.get(at(member, "new/")).text
    page = client.get(at(member, "new/need/team-day/")).text
    assert Kind.objects.get(code="team-day").benefit_to_host in page
    skill = Skill.objects.get(code="gardening")
    need = written(member, client, postcode="ls84aa", skills=[skill.pk], must=[skill.pk])
    assert (need.state, need.postcode, need.organisation) == (
        State.DRAFT,
        "LS8 4AA",
        member.organisation,
    )
    assert need.latitude is not None
    assert need.skill_links.get().must
    assert "Send it in" in client.get(at(member, f"notices/{need.reference}/")).text
    act(member, need, "submit")
    assert need.state == State.SUBMITTED
    assert not NoticeIndexRow.objects.exists()
    broker = signed_in(make_broker())
    assert need.title in broker.get("/broker/").text
    page = broker.get(f"/broker/notices/{need.reference}/").text
    assert "Put it on the board" in page
    broker.post(
        f"/broker/notices/{need.reference}/", {"decision": "publish", "seen": need.revision}
    )
    need.refresh_from_db()
    assert (need.state, need.expires_on) == (State.PUBLISHED, in_days(90))
    assert NoticeIndexRow.objects.count() == 1
    assert OutgoingMail.objects.get().template == "notice_published"
    assert notice_index.differences() == []


def test_a_trusted_organisation_needs_no_broker(member: Membership) -> None:
    member.organisation.trusted = True
    member.organisation.save()
    need = written(member)
    act(member, need, "submit")
    assert need.state == State.PUBLISHED


def test_a_broker_sends_it_back_with_words(member: Membership) -> None:
    need = written(member)
    act(member, need, "submit")
    broker = signed_in(make_broker())
    address = f"/broker/notices/{need.reference}/"
    empty = broker.post(address, {"decision": "return", "seen": need.revision, "reason": " "})
    assert "they get your words" in empty.text
    broker.post(address, {"decision": "return", "seen": need.revision, "reason": "Who leads it?"})
    need.refresh_from_db()
    assert (need.state, need.returned_because) == (State.RETURNED, "Who leads it?")
    assert "> Who leads it?" in OutgoingMail.objects.get().text
    assert (
        "Who leads it?" in signed_in(member.user).get(at(member, f"notices/{need.reference}/")).text
    )


def test_two_brokers_at_once_and_a_change_meanwhile(member: Membership) -> None:
    need = written(member)
    act(member, need, "submit")
    seen = need.revision
    edit(member, need, title="Clear the path")
    with pytest.raises(Overtaken, match="Somebody else saved"):
        service.publish(notice=need, by=make_broker(), seen=seen)
    service.publish(notice=need, by=make_broker(), seen=seen + 1)
    with pytest.raises(Overtaken, match="On the board"):
        service.publish(notice=need, by=make_broker(), seen=seen + 1)
    with pytest.raises(Refused, match="Only a broker"):
        service.send_back(notice=need, reason="No.", by=member.user, seen=seen + 2)


def edit(member: Membership, notice: Notice, **fields: Any) -> Any:
    notice.refresh_from_db()
    return signed_in(member.user).post(
        at(member, f"notices/{notice.reference}/edit/"),
        typed(**{"seen": notice.revision, **fields}),
    )


def test_new_words_are_read_again_and_numbers_count_at_once(member: Membership) -> None:
    need = written(member)
    Notice.objects.filter(pk=need.pk).update(
        state=State.PUBLISHED, published_at="2026-11-01T10:00Z", expires_on=in_days(50)
    )
    edit(member, need, places_max="9", expires_on=in_days(50))
    need.refresh_from_db()
    assert (need.state, need.places_max) == (State.PUBLISHED, 9)
    assert NoticeCard.objects.get().places_left == 9
    edit(member, need, title="Something else")
    need.refresh_from_db()
    assert need.state == State.SUBMITTED
    assert not NoticeIndexRow.objects.exists()


def test_two_who_write_at_once_lose_nothing(member: Membership) -> None:
    need = written(member)
    edit(member, need, title="Theirs")
    response = edit(member, need, title="Mine", seen=1)
    assert response.status_code == 409
    assert "Saved meanwhile: Theirs" in response.text
    assert 'value="Mine"' in response.text
    need.refresh_from_db()
    assert need.title == "Theirs"
    again = edit(member, need, title="Mine")
    assert again.status_code == 302


def test_one_form_sent_twice_is_one(member: Membership) -> None:
    assert written(member) == written(member)
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_the_same_moment() -> None:
    vocabulary.load()
    member = make_membership()
    kind = Kind.objects.get(code="team-day")
    values: dict[str, Any] = dict.fromkeys(service.WRITTEN, "") | {
        "causes": [], "weekdays": [], "mode": "remote", "title": "Once",
        **dict.fromkeys(
            ("access", "requirements", "places_min", "places_max", "hours_each", "amount",
             "cost_contribution", "first_day", "last_day", "expires_on")
        ),
    }  # fmt: skip

    def begin() -> Notice:
        return service.begin(
            organisation=member.organisation,
            side=Notice.Side.NEED,
            kind=kind,
            values=values,
            skills={},
            by=member.user,
            key="once",
        )

    from tests.brokerage.test_exchanges_at_once import all_at_once

    assert len({notice.pk for notice in all_at_once([begin] * 8)}) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "in a few words"),
        ({"title": "x" * 121}, "at most 120"),
        ({"benefit_to_host": ""}, "what the host gains"),
        ({"benefit_to_giver": "  "}, "what the giver gains"),
        ({"places_max": "1"}, "cannot be less"),
        ({"places_max": "-4"}, "whole number"),
        ({"places_max": "1e9"}, "whole number"),
        ({"hours_each": "nan"}, "Enter hours"),
        ({"hours_each": "99999999"}, "Enter hours"),
        ({"cost_contribution": "1.200,50"}, "point before the pence"),
        ({"first_day": "2031-02-01", "last_day": "2031-01-01"}, "before the first"),
        ({"last_day": "2020-01-01"}, "has not passed"),
        ({"expires_on": "2020-01-01"}, "has not passed"),
        ({"expires_on": "2099-01-01"}, "within a year"),
        ({"postcode": "nowhere"}, "postcode"),
        ({"contact_email": "sam"}, "email address"),
        ({"mode": "by pigeon"}, "Choose one"),
        ({"causes": ["nothing"]}, "from the list"),
        ({"description": "a\x00b"}, "Null characters"),
    ],
)
def test_what_is_wrong_stands_beside_it_and_nothing_is_lost(
    member: Membership, fields: dict[str, Any], words: str
) -> None:
    response = signed_in(member.user).post(at(member, "new/need/team-day/"), typed(**fields))
    assert response.status_code == 200
    assert words in response.text
    assert "A day outdoors." in response.text or "benefit_to_giver" in fields
    assert not Notice.objects.exists()


def test_a_skill_that_cannot_be_chosen_any_more_stays(member: Membership) -> None:
    skill, client = Skill.objects.get(code="gardening"), signed_in(member.user)
    need = written(member, client, skills=[skill.pk], must=[skill.pk])
    Skill.objects.filter(pk=skill.pk).update(active=False)
    assert skill.label not in client.get(at(member, "new/need/team-day/")).text
    address = at(member, f"notices/{need.reference}/edit/")
    assert skill.label in client.get(address).text
    said = typed(title="Other words", skills=[skill.pk], must=[skill.pk], seen=need.revision)
    assert client.post(address, said).status_code == 302
    need.refresh_from_db()
    assert need.title == "Other words"
    assert need.skill_links.get().must
    new = client.post(at(member, "new/need/team-day/"), typed(key="n" * 32, skills=[skill.pk]))
    assert new.status_code == 200, "it is not for what is new"


def test_must_is_among_the_skills(member: Membership) -> None:
    one, two = Skill.objects.all()[:2]
    response = signed_in(member.user).post(
        at(member, "new/need/team-day/"), typed(skills=[one.pk], must=[two.pk])
    )
    assert "is not among the skills" in response.text


def test_money_asks_for_an_amount_and_no_people(member: Membership) -> None:
    client = signed_in(member.user)
    page = client.get(at(member, "new/offer/money/")).text
    assert "How much, in pounds?" in page
    assert "Fewest people" not in page
    response = client.post(at(member, "new/offer/money/"), typed(amount="£1,200.50"))
    assert response.status_code == 302
    assert str(Notice.objects.get().amount) == "1200.50"
    assert client.post(at(member, "new/offer/money/"), typed(key="")).status_code == 200


def test_pause_resume_close(member: Membership) -> None:
    need = make_need(organisation=member.organisation)
    notice_index.refresh([need.pk])
    act(member, need, "pause")
    assert (need.state, NoticeIndexRow.objects.count()) == (State.PAUSED, 0)
    act(member, need, "resume")
    assert (need.state, NoticeIndexRow.objects.count()) == (State.PUBLISHED, 1)
    act(member, need, "close")
    assert need.state == State.CLOSED
    act(member, need, "resume")
    assert need.state == State.CLOSED
    assert Notice.objects.filter(pk=need.pk).exists()
    assert edit(member, need).status_code == 302
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"paused", "resumed", "closed"} <= verbs


def test_it_is_reminded_of_renewed_and_runs_out(member: Membership, client: Client) -> None:
    need = make_need(organisation=member.organisation, expires_on=in_days(14))
    assert service.remind(notice=need)
    assert not service.remind(notice=need)
    mail = OutgoingMail.objects.get()
    address = f"/brokerage/renew/{renew_token(need)}/"
    assert address.split("/")[3][:10] in mail.text
    assert "keep it there" in client.get(address).text
    need.refresh_from_db()
    assert need.expires_on == in_days(14), "reading changes nothing"
    for _ in range(2):
        assert client.post(address).status_code == 302
    need.refresh_from_db()
    assert need.expires_on == in_days(90)
    assert AuditEvent.objects.filter(verb="renewed").count() == 1
    assert "Thank you" in client.get(address).text
    Notice.objects.update(expires_on=today() - datetime.timedelta(days=1))
    assert service.expire(notice=need)
    assert not service.expire(notice=need)
    client.post(address)
    need.refresh_from_db()
    assert need.state == State.PUBLISHED
    assert client.get("/brokerage/renew/nonsense/").status_code == 410
    act(member, need, "close")
    assert "Somebody was quicker" in client.post(address).text


def test_what_is_over_cannot_be_put_back(member: Membership) -> None:
    need = make_need(organisation=member.organisation, last_day=in_days(-1), state=State.PAUSED)
    with pytest.raises(Refused, match="has passed"):
        service.resume(notice=need, by=member.user)


def test_others_see_and_change_nothing(member: Membership) -> None:
    need = written(member)
    stranger = make_membership()
    client = signed_in(stranger.user)
    for end in ("", "new/", f"notices/{need.reference}/", f"notices/{need.reference}/edit/"):
        assert client.get(at(member, end)).status_code == 404
        assert client.get(at(stranger, end)).status_code == (404 if need.reference in end else 200)
    assert client.post(at(stranger, f"notices/{need.reference}/do/close/")).status_code == 404
    with pytest.raises(Refused, match="no longer act"):
        service.pause(notice=need, by=stranger.user)
    for address in ("/broker/", f"/broker/notices/{need.reference}/"):
        assert client.get(address).status_code == 404
    assert signed_in(make_broker()).get(f"/broker/notices/{need.reference}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_closing_and_pausing_at_once() -> None:
    vocabulary.load()
    member = make_membership()
    need = make_need(organisation=member.organisation)
    race(
        need,
        lambda: service.pause(notice=need, by=member.user),
        lambda: service.close(notice=need, by=member.user),
    )
    need.refresh_from_db()
    assert need.state == State.CLOSED


def test_a_copy_begins_with_the_same_words(member: Membership) -> None:
    need = make_need(organisation=member.organisation, title="Paint the hall")
    page = signed_in(member.user).get(at(member, f"new/need/team-day/?copy={need.reference}")).text
    assert "Paint the hall" in page
    assert "Paint the hall" in signed_in(member.user).get(at(member)).text
