"""What everybody reads of a consultation, and what nobody does."""

import csv
import datetime
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.services.people import make_person
from tests.factories import make_membership, make_organisation
from tests.providers.reading import words
from tests.signing_in import signed_in
from tests.toms.factories import make_comment, make_measure, make_measure_version, make_release
from toms.consultation import consultation_of
from toms.models import Release

pytestmark = pytest.mark.django_db

PAGE = "/toms/releases/spring/consultation/"


@pytest.fixture
def spring() -> Release:
    versions = [
        make_measure_version(make_measure(code=f"LT-COM-0{number}"), state="consultation")
        for number in (1, 2)
    ]
    return make_release(*versions, slug="spring", title="Spring TOMs", state="consultation")


def over() -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Release.objects.update(opens_on=yesterday, closes_on=yesterday)


@pytest.mark.usefixtures("no_lazy_loading")
def test_per_measure_who_is_for_and_against_by_sector(spring: Release, client: Client) -> None:
    first, second = (item.version for item in spring.items.select_related("version"))
    public = {"state": "published", "version": first}
    make_comment(spring, stance="concern", sector="third", **public)
    make_comment(spring, stance="concern", sector="third", **public)
    answered = make_comment(
        spring, stance="support", sector="public", outcome="kept", response="Why not.", **public
    )
    make_comment(spring, state="published", text="All of it is fine.")
    found = consultation_of(spring)
    assert [heard.version for heard in found.measures] == [first]
    assert found.silent == [second]
    assert [(row.sector, row.numbers) for row in found.measures[0].rows] == [
        ("Third sector", (0, 2, 0)),
        ("Public sector", (1, 0, 0)),
        ("Private sector", (0, 0, 0)),
        ("Somebody for themselves", (0, 0, 0)),
    ]
    text = client.get(PAGE).text
    assert f'id="comment-{answered.pk}"' in text
    page = words(text)
    assert "Answer: kept" in page
    assert "Why not." in page
    assert "All of it is fine." in page
    assert page.count("Not answered yet.") == 3


def test_it_costs_the_same_however_much_was_said(spring: Release, client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(PAGE)
        return len(queries)

    version = spring.items.all()[0].version
    make_comment(spring, state="published", version=version, organisation=make_organisation())
    before = cost()
    for _ in range(5):
        make_comment(spring, state="published", organisation=make_organisation())
    assert cost() == before <= 3


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((-1, 1), "Say what you think of Spring TOMs, from"),
        ((1, 3), "is open for comment from"),
        ((-3, -1), "was open for comment from"),
    ],
)
def test_it_says_when(spring: Release, client: Client, days: tuple[int, int], said: str) -> None:
    opens, closes = (timezone.localdate() + datetime.timedelta(days=number) for number in days)
    Release.objects.update(opens_on=opens, closes_on=closes)
    page = words(client.get(PAGE).text)
    assert said in page
    assert f"{opens:%-d %B %Y}" in page
    assert f"{closes:%-d %B %Y}" in page
    assert ("Comment on the whole" in page) == (days[0] < 0 < days[1])
    assert ("Read the report" in page) == (days[1] < 0)


def test_before_it_has_days(client: Client) -> None:
    make_release(slug="draft", title="A draft")
    assert (
        "has not been opened for comment yet"
        in client.get("/toms/releases/draft/consultation/").text
    )
    for page in ("consultation/", "consultation/report/", "consultation/report.csv"):
        assert client.get(f"/toms/releases/nowhere/{page}").status_code == 404


def test_the_report_waits_until_it_is_over(spring: Release, client: Client) -> None:
    make_comment(spring, state="published", text="Early words.")
    report = client.get(f"{PAGE}report/")
    assert "The report is made when time for comment is over" in words(report.text)
    assert "Early words." not in report.text
    assert client.get(f"{PAGE}report.csv").status_code == 404
    over()
    page = words(client.get(f"{PAGE}report/").text)
    assert "1 comment was published, and 1 of them waits for an answer" in page
    assert "Early words." in page
    assert "Nobody commented on these LT-COM-01 , LT-COM-02" in page


def test_a_report_of_nothing(spring: Release, client: Client) -> None:
    over()
    page = client.get(f"{PAGE}report/").text
    assert "Nothing was published." in page
    assert "report.csv" not in page


def test_the_file_has_every_comment_and_runs_nothing(spring: Release, client: Client) -> None:
    over()
    version = spring.items.all()[0].version
    formula = '=HYPERLINK("http://evil.example")'
    one = make_comment(
        spring,
        state="published",
        version=version,
        text=formula,
        name="@Sam",
        outcome="changed",
        response="+1\nWe did.",
        organisation=make_organisation("Pretend", is_example=True),
    )
    make_comment(spring, state="published")
    make_comment(spring)
    response = client.get(f"{PAGE}report.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "consultation-spring.csv" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff"))))
    assert [row["Measure"] for row in rows] == ["", "LT-COM-01"]
    last = rows[1]
    assert last["Words"] == f"'{formula}"
    assert last["Name"] == "'@Sam"
    assert last["Answer"] == "'+1\nWe did."
    assert last["What came of it"] == "Changed"
    assert last["Example data"] == "yes"
    assert last["Link"].endswith(f"{PAGE}#comment-{one.pk}")
    assert one.email not in response.text


def test_an_example_is_marked(spring: Release, client: Client) -> None:
    pretend = make_organisation("Pretend", is_example=True)
    make_comment(spring, state="published", organisation=pretend)
    assert client.get(PAGE).text.count("badge--example") == 2


def test_no_address_and_no_unpublished_word_stands_on_any_page(spring: Release) -> None:
    organisation = make_organisation("Leakhouse", slug="leakhouse")
    curator = User.objects.get(pk=make_person(email="curator@example.org", roles=("curator",)).pk)
    secret = {"name": "Secretname", "text": "Secretwords", "refusal": ""}
    rows = [
        make_comment(spring, state="unconfirmed", email="leak1@secret.example", **secret),
        make_comment(spring, state="waiting", email="leak2@secret.example", **secret),
        make_comment(
            spring, state="refused", email="leak3@secret.example", **(secret | {"refusal": "No"})
        ),
        make_comment(
            spring, state="published", email="leak4@secret.example", organisation=organisation
        ),
    ]
    owner = make_membership(organisation).user
    pages = [PAGE, f"{PAGE}comment/", "/toms/", "/toms/releases/", "/toms/releases/spring/"]
    pages += ["/toms/measures/LT-COM-01/", "/my/", "/my/leakhouse/", "/my/leakhouse/toms/"]
    desk = ["/curate/toms/comments/"] + [f"/curate/toms/comments/{row.pk}/" for row in rows]
    visitors = {
        "anybody": Client(),
        "owner": signed_in(owner, second_factor=False),
        "curator": signed_in(curator),
    }
    for stage in ("open", "over"):
        for who, client in visitors.items():
            for page in (*pages, f"{PAGE}report/", f"{PAGE}report.csv", *desk):
                text = client.get(page).text
                assert "@secret.example" not in text, (who, page)
                if who != "curator" or page not in desk:
                    assert "Secret" not in text, (stage, who, page)
        over()
    seen = visitors["curator"].get(f"/curate/toms/comments/{rows[1].pk}/").text
    assert "Secretwords" in seen
    unconfirmed = visitors["curator"].get(f"/curate/toms/comments/{rows[0].pk}/")
    assert unconfirmed.status_code == 404
