"""Every form and every address of buying with values that nobody should send: words, never a 500.

The forms are read off the pages, so that a new field is tried without anybody thinking of it. What
is wrong has words beside its field, what was typed is kept, and nothing is written.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts.models import Organisation
from accounts.models.invitation import hash_of
from accounts.services.people import make_person
from buying.models import ChoiceVersion
from tests.buying.asking import ask, ask_url
from tests.buying.factories import (
    make_answer,
    make_choice,
    make_considered,
    make_enquiry,
    make_filed,
    make_purchase_file,
    make_purchase_line,
    make_recipient,
    make_rules,
    make_version,
)
from tests.factories import make_confirmed_user, make_listing, make_membership, make_organisation
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

LONG, NUL, SCRIPT = "y" * 10_240, "x\0y", "<script>alert(1)</script>"
EVERYWHERE = [LONG, NUL, SCRIPT]
ODD = ["1.200,50", "-5", "1e9", "9999-12-31", "²", "9" * 30]
DELICATE = re.compile(r"amount|price|budget|up_to|ask_|date|_by$|_on$|post|number|key|seen|start")
"""Names of fields with money, days, places, numbers, or what a page says to itself."""


class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and what a browser would send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._in: dict[str, str] | None = None
        self._area = ""
        self.feed(html.partition("<main")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._in = {} if given.get("method") == "post" else None
            if self._in is not None:
                self.found.append((given.get("action") or "", self._in))
        name = given.get("name")
        if self._in is None or not name or name == "csrfmiddlewaretoken":
            return
        if tag in {"select", "textarea"}:
            self._in.setdefault(name, "")
            self._area = name if tag == "textarea" else ""
        elif tag == "input" and given.get("type") in {"radio", "checkbox"}:
            if "checked" in given or name not in self._in:
                self._in[name] = given.get("value") or "on"
        elif tag == "input":
            self._in[name] = given.get("value") or ""
        elif tag == "button":
            self._in.setdefault(name, given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._in is not None and self._area:
            self._in[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._in = None


@pytest.fixture
def buyer() -> Organisation:
    buyer = make_organisation("Harehills Library", slug="harehills")
    make_rules(buyer)
    return buyer


@pytest.fixture
def pages(buyer: Organisation) -> list[tuple[Client, str]]:
    """Every page of buying that has a form, with somebody who may use it."""
    user = make_confirmed_user("olu@example.org", name="Olu")
    make_membership(buyer, user)
    member, stranger = signed_in(user), Client()
    curator = signed_in(make_person(email="curator@example.org", roles=("curator",)))
    kitchen = make_listing(make_organisation("Holbeck Kitchen", slug="kitchen"))
    make_membership(kitchen.organisation, user)
    enquiry = make_enquiry(reference="E-22222", user=user, link_hash=hash_of("asked"))
    one = make_recipient(enquiry, kitchen, link_hash=hash_of("to-answer"))
    two = make_recipient(enquiry, link_hash=hash_of("answered"))
    make_answer(two)
    draft = make_version(make_choice(buyer))
    make_considered(draft, name="Holbeck Kitchen", answer="yes")
    filed = make_filed(make_choice(buyer))
    file = make_purchase_file(buyer)
    make_purchase_line(file, supplier=kitchen.organisation, match="name", provider_key="a" * 64)
    make_purchase_line(file, state="differs", choice=filed.choice, differences=["Amount"])
    reported = make_recipient(report="Advertising.", link_hash=hash_of("reported"))
    reported.not_genuine_at = enquiry.sent_at
    reported.save()
    my, own = "/my/harehills/buying/", "/buying/enquiries/asked/"
    draft_page = ask(stranger, kitchen)
    return [
        (stranger, ask_url(kitchen)),
        (member, ask_url(kitchen)),
        (stranger, draft_page),
        (stranger, own),
        *((stranger, f"{own}{name}/") for name in ("thank", "close")),
        (stranger, f"{own}{one.pk}/give-address/"),
        (stranger, f"{own}{two.pk}/accept/"),
        *((stranger, f"/buying/answer/{link}/") for link in ("to-answer", "answered", "reported")),
        (stranger, "/buying/answer/to-answer/not-genuine/"),
        (member, f"/my/kitchen/enquiries/{one.pk}/"),
        (member, f"{my}rules/"),
        (member, f"{my}choices/new/"),
        (member, f"{my}choices/{draft.choice_id}/edit/"),
        (member, f"{my}choices/{draft.choice_id}/give-up/"),
        (member, f"{my}choices/{filed.choice_id}/"),
        (member, f"{my}choices/{filed.choice_id}/void/"),
        (member, f"{my}purchases/"),
        (member, f"{my}purchases/new/"),
        (member, f"{my}purchases/{file.pk}/matches/"),
        (member, f"{my}purchases/{file.pk}/remove/"),
        (curator, f"/curate/enquiries/{reported.pk}/"),
        (curator, "/curate/enquiries/block/"),
    ]


def posts(html: str, address: str) -> Iterator[tuple[str, dict[str, str]]]:
    """All fields of each form with each value, and the delicate ones one by one."""
    for action, fields in Forms(html).found:
        for value in EVERYWHERE:
            yield action or address, dict.fromkeys(fields, value)
        for name in filter(DELICATE.search, fields):
            for value in ODD:
                yield action or address, fields | {name: value}


def test_every_form_survives_everything(pages: list[tuple[Client, str]]) -> None:
    number = 0
    for client, address in pages:
        shown = client.get(address)
        assert shown.status_code == 200, address
        sent = list(posts(shown.text, address))
        assert sent, f"{address} has no form"
        for action, data in sent:
            cache.clear()  # or the limits would answer for the forms
            with transaction.atomic():
                answer = client.post(action, data)
                assert answer.status_code in {200, 302, 400, 404, 409}, (action, data)
                assert SCRIPT not in answer.text
                if answer.status_code == 302 and answer["Location"].startswith("/"):
                    shown = client.get(answer["Location"])
                    assert shown.status_code in {200, 302, 404}, (action, data)
                    assert SCRIPT not in shown.text
                transaction.set_rollback(True)
            number += 1
    assert number > 250


QUERIES = {
    "/buying/ask/": ("listing", "draft"),
    "/providers/compare/": ("listing",),
    "/providers/shortlist/add/": ("listing",),
    "/buying/leeds/": ("year",),
    "/buying/leeds.csv": ("year",),
    "/my/harehills/buying/": ("page",),
    "/my/harehills/buying/choices/new/": ("enquiry", "shortlist"),
    "/my/harehills/buying/report/": ("from", "to", "year"),
    "/my/harehills/buying/report.csv": ("from", "to"),
    "/my/harehills/buying/report/records/": ("from", "to", "only", "page"),
    "/my/harehills/buying/report/records.csv": ("from", "to", "only"),
}


@pytest.mark.parametrize("address", QUERIES)
def test_every_address_survives_everything(buyer: Organisation, address: str) -> None:
    client = signed_in(make_membership(buyer).user)
    for name in QUERIES[address]:
        for value in (LONG, NUL, SCRIPT, "-5", "9999-12-31", "²", ""):
            answer = client.get(address, {name: value})
            assert answer.status_code in {200, 302, 400, 404}, (name, value)
            assert SCRIPT not in answer.text


def test_what_cannot_be_read_changes_no_money(buyer: Organisation) -> None:
    """Whatever stands in an amount: refused beside the field, kept on the page, in no figure."""
    user = make_membership(buyer).user
    client = signed_in(user)
    draft = make_version(make_choice(buyer), amount=None)
    start = f"/my/harehills/buying/choices/{draft.choice_id}/edit/"
    for text in ("1.200,50", "-5", "1e9", "٣", "NaN", NUL):
        for act in ("save", "file"):
            ((_, fields),) = Forms(client.get(start).text).found
            page = client.post(start, fields | {"amount": text, "act": act})
            assert page.status_code == 200
            assert 'id="id_amount_error"' in page.text
            assert text in page.text or "\0" in text
    draft.refresh_from_db()
    assert draft.amount is None
    assert not ChoiceVersion.objects.filed().exists()
