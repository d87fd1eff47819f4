"""The life of a measure through the pages alone: draft, adoption, a new version, retirement."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.people import make_person
from tests.signing_in import signed_in
from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_outcome,
    make_theme,
    make_unit,
)
from tests.toms.test_curating import HOME, typed
from toms import measure_index
from toms.models import MeasureVersion, Release
from toms.services.locking import seen

pytestmark = pytest.mark.django_db


def adopt_everything(page: Client, slug: str) -> None:
    """A release of all there is, adopted by its pages."""
    address = f"{HOME}releases/{slug}/"
    page.post(f"{HOME}releases/new/", {"title": f"Release {slug}", "slug": slug})
    page.post(address, {"do": "rest"})
    looked_at = seen(Release.objects.get(slug=slug))
    assert page.post(f"{address}adopt/", {"seen": looked_at}).status_code == 302


def test_from_a_draft_to_a_retired_code_that_still_resolves(client: Client) -> None:
    curator = make_person(email="curator@example.org", roles=("curator",))
    page = signed_in(User.objects.get(pk=curator.pk))
    outcome = make_outcome(make_theme("WRK"))
    sample = make_measure_version(make_measure(outcome, "LT-WRK-02"), unit=make_unit())
    sent = typed(sample, title="Hours sung", outcome=outcome.pk, code="LT-WRK-01")
    page.post(f"{HOME}measures/new/", sent)
    # What a curator has begun to write is nobody else's yet.
    assert client.get("/toms/measures/LT-WRK-01/").status_code == 404

    adopt_everything(page, "2026")
    assert "Hours sung" in client.get("/toms/measures/LT-WRK-01/1.0.0/").text

    page.post(f"{HOME}measures/LT-WRK-01/begin/")
    draft = MeasureVersion.objects.get(measure__code="LT-WRK-01", state="draft")
    edit = f"{HOME}measures/LT-WRK-01/edit/"
    page.post(edit, typed(draft, unit=make_unit("GBP").pk, unit_words="pounds", reason="Money."))
    adopt_everything(page, "2027")
    assert "pounds" in client.get("/toms/measures/LT-WRK-01/2.0.0/").text
    assert "not the current one" in client.get("/toms/measures/LT-WRK-01/1.0.0/").text
    question = "from=2026&to=2027"
    text = client.get(f"/toms/releases/compare/?{question}").text
    assert "The unit in words changed from hours to pounds." in text

    page.post(
        f"{HOME}measures/LT-WRK-01/retire/",
        {"reason": "Singing is counted elsewhere.", "successor": "LT-WRK-02"},
    )
    for path in ("LT-WRK-01/", "LT-WRK-01/1.0.0/", "LT-WRK-01/2.0.0/"):
        response = client.get(f"/toms/measures/{path}")
        assert response.status_code == 200
        assert "LT-WRK-02" in response.text
    assert "LT-WRK-01 was retired" in client.get("/toms/changes/").text
    assert client.get("/toms/releases/2026/").status_code == 200
    assert measure_index.differences() == []
