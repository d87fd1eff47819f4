"""Whatever is filed, corrected and taken back, in any order: one version stands, and sums hold."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organisation, User
from accounts.refused import Refused
from buying.models import Choice, ChoiceVersion
from buying.services.choice import (
    begin_choice,
    begin_correction,
    discard_draft,
    file_version,
    void_choice,
)
from buying.services.draft import save_draft, version_of_draft
from tests.factories import make_membership

pytestmark = pytest.mark.django_db

PENCE = st.integers(0, 10_000_000_000 - 1)
STEPS = st.lists(
    st.tuples(st.sampled_from(["begin", "write", "file", "correct", "discard", "void"]),
              st.integers(0, 3), PENCE),
    max_size=24,
)  # fmt: skip


class Ledger:
    """What somebody would keep beside it: of each choice the amount that counts."""

    def __init__(self, buyer: Organisation, by: User) -> None:
        self.buyer, self.by = buyer, by
        self.choices: list[Choice] = []
        self.standing: dict[int, Decimal] = {}
        self.draft: dict[int, Decimal | None] = {}

    def step(self, act: str, which: int, amount: Decimal) -> None:
        if act == "begin" or which >= len(self.choices):
            choice = begin_choice(organisation=self.buyer, by=self.by).choice
            self.choices.append(choice)
            self.draft[choice.pk] = None
            return
        with suppress(Refused):
            getattr(self, act)(self.choices[which], amount)

    def _draft(self, choice: Choice) -> ChoiceVersion:
        found = ChoiceVersion.objects.drafts().filter(choice=choice).first()
        if found is None:
            raise Refused("no draft")
        return found

    def write(self, choice: Choice, amount: Decimal) -> None:
        draft = self._draft(choice)
        names = ("what", "reason", "conflict", "conflict_words", "rule_reason", "correction")
        values = dict.fromkeys(names, "said") | {"conflict": "none"}
        more = {"category_id": None, "amount": amount, "decided_on": timezone.localdate()}
        save_draft(
            version=draft,
            by=self.by,
            seen=version_of_draft(draft),
            values={**values, **more, "tells_provider": False},
            entries=[],
        )
        ChoiceVersion.objects.filter(pk=draft.pk).update(supplier_name="A kitchen")
        self.draft[choice.pk] = amount

    def file(self, choice: Choice, _: Decimal) -> None:
        file_version(version=self._draft(choice), by=self.by)
        amount = self.draft.pop(choice.pk)
        assert amount is not None
        self.standing[choice.pk] = amount

    def correct(self, choice: Choice, _: Decimal) -> None:
        version = begin_correction(choice=choice, by=self.by)
        # One that is begun goes on as it was.
        self.draft.setdefault(choice.pk, version.amount)

    def discard(self, choice: Choice, _: Decimal) -> None:
        discard_draft(version=self._draft(choice), by=self.by)
        del self.draft[choice.pk]

    def void(self, choice: Choice, _: Decimal) -> None:
        void_choice(choice=choice, reason="Called off.", by=self.by)
        self.standing.pop(choice.pk, None)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_one_version_stands_and_the_sum_is_what_was_written_down(
    db: None, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        member = make_membership()
        ledger = Ledger(member.organisation, member.user)
        for act, which, pence in steps:
            ledger.step(act, which, Decimal(pence) / 100)
        total = ChoiceVersion.objects.standing().aggregate(total=Sum("amount"))["total"]
        assert (total or 0) == sum(ledger.standing.values())
        counts = Choice.objects.annotate(
            filed=Count("versions", filter=Q(versions__filed_at__isnull=False)),
            standing=Count("versions", filter=Q(versions__stands=True)),
        ).values_list("filed", "standing")
        assert {(min(filed, 1), standing) for filed, standing in counts} <= {(0, 0), (1, 1)}
        transaction.set_rollback(True)
