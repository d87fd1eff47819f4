"""Filing many choices of one buyer at once, by the rules that ``services.choice`` has for one.

What is known of providers is found out by the same functions, for all of them at once, and the
buyer's rules are read once: as many queries for 10,000 providers as for one.
"""

from collections import Counter
from collections.abc import Sequence

from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from buying.models import Choice, ChoiceVersion, Considered
from buying.references import free_references
from buying.rule_applied import is_met, line_among, lines_of
from buying.services.choice import check_whole
from buying.supplier_then import BATCH, remember_claims, remember_suppliers


def file_all(
    *,
    buyer: Organisation,
    drafts: Sequence[ChoiceVersion],
    by: User | None,
    considered: Sequence[Considered] = (),
) -> None:
    """File unsaved drafts, each the first version of an unsaved choice of ``buyer``; in the
    caller's transaction, which has locked the buyer and checked who ``by`` is.

    ``considered`` are unsaved rows of the drafts. ``by`` is None for examples, which nobody has
    made. Raises Refused where one lacks something.
    """
    for draft in drafts:
        check_whole(draft)
    remember_suppliers(drafts)
    _apply_rules(buyer, drafts, considered)
    _save(buyer, drafts, by)
    Considered.objects.bulk_create(considered, batch_size=BATCH)
    remember_claims(drafts)
    # Last: to what is filed nothing more is added.
    ChoiceVersion.objects.filter(choice__in=[draft.choice_id for draft in drafts]).update(
        stands=True, filed_at=timezone.now(), filed_by=by
    )
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                verb="filed",
                object_type=Choice._meta.label_lower,
                object_id=str(draft.choice_id),
                organisation=buyer,
                actor_key=by.audit_key if by else None,
            )
            for draft in drafts
        ),
        batch_size=BATCH,
    )


def _apply_rules(
    buyer: Organisation, drafts: Sequence[ChoiceVersion], considered: Sequence[Considered]
) -> None:
    lines = lines_of(buyer)
    not_asked = Considered.Answer.NOT_ASKED
    asked = Counter(id(row.version) for row in considered if row.answer != not_asked)
    for draft in drafts:
        line = line_among(lines, draft.amount) if draft.amount is not None else None
        draft.rule_up_to = line.up_to if line else None
        draft.rule_ask = line.ask if line else None
        draft.rule_words = line.words if line else ""
        draft.rule_met = is_met(draft.choice, draft.rule_ask, asked[id(draft)])


def _save(buyer: Organisation, drafts: Sequence[ChoiceVersion], by: User | None) -> None:
    choices = [draft.choice for draft in drafts]
    references = free_references(Choice, len(choices))
    for choice, reference in zip(choices, references, strict=True):
        choice.organisation, choice.reference, choice.made_by = buyer, reference, by
    Choice.objects.bulk_create(choices, batch_size=BATCH)
    for draft, choice in zip(drafts, choices, strict=True):
        draft.choice = choice  # again, as its id is known now
    ChoiceVersion.objects.bulk_create(drafts, batch_size=BATCH)
