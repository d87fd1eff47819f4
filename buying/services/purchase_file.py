"""Files of purchases: checking one, saying who is who, and recording what is good in it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import is_member
from accounts.refused import Refused
from accounts.services.locking import lock_organisation
from buying.models import Choice, ChoiceVersion, PurchaseFile, PurchaseLine
from buying.purchases import categories, source
from buying.purchases.already import Already
from buying.purchases.lines import Read, Reader, as_fields
from buying.purchases.matching import Listed
from buying.services.choice import begin_correction, file_version
from buying.services.filing import file_all
from buying.supplier_then import BATCH

NOT_YOURS = "You no longer act for this organisation, so nothing was changed."
GONE = "This file is not here any more."
LINE_GONE = "This line is not here any more."
NOTHING_TO_CORRECT = "This line says the same as what is filed now, so there is nothing to correct."
BEGUN = "A correction of this purchase is begun already. File it, or give it up, first."
State = PurchaseLine.State


def check_file(*, organisation: Organisation, by: User, name: str, data: bytes) -> PurchaseFile:
    """A dry run: every line is read, compared with what is here, and matched; nothing is recorded.

    The same file once more is checked anew, with what was said of its matches. Raises
    ``source.BadFile`` when it cannot be read as a whole, and Refused when they do not act for the
    buyer.
    """
    read = source.read(data)
    reader = Reader(read.head, categories.by_name(), timezone.localdate())
    lines = [reader.read(number, cells) for number, cells in read.rows]
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        buyer = _lock_buyer(organisation, by)
        file, _ = PurchaseFile.objects.get_or_create(
            organisation=buyer, digest=digest, defaults={"name": name}
        )
        said = _said(file)
        file.lines.all().delete()
        file.name, file.made_by, file.ignored = name, by, read.head.ignored
        rows = _rows(file, lines, said)
        PurchaseLine.objects.bulk_create(rows, batch_size=BATCH)
        _settle(file)
        _record("checked", file, by)
    return file


def _said(file: PurchaseFile) -> dict[tuple[str, int | None], tuple[bool | None, int | None]]:
    """What was said of each match of a file that was checked before."""
    decided = file.lines.exclude(is_supplier=None).distinct("provider_key", "supplier_id")
    return {
        (row.provider_key, row.supplier_id): (row.is_supplier, row.decided_by_id)
        for row in decided.order_by("provider_key", "supplier_id")
    }


def _rows(
    file: PurchaseFile,
    lines: Sequence[Read],
    said: Mapping[tuple[str, int | None], tuple[bool | None, int | None]],
) -> list[PurchaseLine]:
    good = [read.values for read in lines if not read.errors]
    listed = Listed.for_buyer(file.organisation, good)
    already = Already.here(file.organisation, [values["own_reference"] for values in good])
    found: dict[str, tuple[Organisation | None, str]] = {}
    rows = []
    for read in lines:
        row = PurchaseLine(file=file, line=read.line, values=read.values, errors=read.errors)
        rows.append(row)
        if read.errors:
            row.state = State.WRONG
            continue
        row.provider_key = read.provider_key
        if row.provider_key not in found:
            found[row.provider_key] = listed.find(read.values)
        row.supplier, row.match = found[row.provider_key]
        row.is_supplier, row.decided_by_id = said.get(
            (row.provider_key, row.supplier_id), (None, None)
        )
        already.compare(row)
    return rows


class Answer(NamedTuple):
    """What a person says of the match of one provider of a file."""

    provider_key: str
    supplier_id: int
    is_supplier: bool


@transaction.atomic
def decide_matches(*, file: PurchaseFile, by: User, answers: Iterable[Answer]) -> int:
    """Write down what somebody says of matches; returns how many lines it is about.

    An answer about a match that is not there any more changes nothing. Raises Refused.
    """
    locked = _lock_file(file, by)
    changed = 0
    for answer in answers:
        changed += (
            locked.lines.to_match()
            .filter(provider_key=answer.provider_key, supplier=answer.supplier_id)
            .update(is_supplier=answer.is_supplier, decided_by=by)
        )
    if changed:
        _record("said which providers are meant in", locked, by)
    return changed


@transaction.atomic
def record_file(*, file: PurchaseFile, by: User) -> int:
    """File every line that is good and decided; returns how many purchases are new.

    Each reference of the buyer's own is recorded once, however often this runs: a line whose
    reference came in meanwhile is compared instead. Raises Refused.
    """
    locked = _lock_file(file, by)
    lines = list(locked.lines.ready().select_related("supplier"))
    already = Already.here(locked.organisation, [line.values["own_reference"] for line in lines])
    new: list[PurchaseLine] = []
    known: list[PurchaseLine] = []
    for line in lines:
        already.compare(line)
        (new if line.state == State.NEW else known).append(line)
    PurchaseLine.objects.bulk_update(known, ["state", "differences", "choice"], batch_size=100)
    ids = categories.ids()
    drafts = [_draft(line, ids) for line in new]
    file_all(buyer=locked.organisation, drafts=drafts, by=by)
    _recorded(locked, new)
    _settle(locked)
    if new:
        _record("recorded", locked, by)
    return len(new)


def _recorded(file: PurchaseFile, lines: Sequence[PurchaseLine]) -> None:
    """Say of lines that they are recorded, and as what. One query, however many."""
    theirs = Choice.objects.filter(
        organisation=file.organisation, own_reference=OuterRef("reference")
    ).exclude(own_reference="")  # as the index that finds them leaves those out
    file.lines.filter(pk__in=[line.pk for line in lines]).annotate(
        reference=KT("values__own_reference")
    ).update(state=State.RECORDED, choice=Subquery(theirs.values("pk")[:1]))


def _draft(line: PurchaseLine, ids: Mapping[str, int]) -> ChoiceVersion:
    """The first version of a new choice, not saved."""
    choice = Choice(
        organisation=line.file.organisation,
        origin=Choice.Origin.ELSEWHERE,
        own_reference=line.values["own_reference"],
    )
    draft = ChoiceVersion(choice=choice, number=1, **as_fields(line.values, ids))
    if line.is_supplier:
        draft.supplier = line.supplier
    return draft


@transaction.atomic
def correct_from_line(*, line: PurchaseLine, by: User, why: str) -> ChoiceVersion:
    """File what the line says as a correction of what is filed with its reference.

    The provider stays, unless the line says that it was another. Raises Refused, also when somebody
    has begun a correction of their own.
    """
    file = _lock_file(line.file, by)
    row = file.lines.filter(pk=line.pk).select_related("supplier").first()
    if row is None:
        raise Refused(LINE_GONE)
    row.file = file
    already = Already.here(file.organisation, [row.values["own_reference"]])
    choice = already.choice_of(row)
    if choice is None:
        raise Refused(LINE_GONE)
    already.compare(row)
    if row.state != State.DIFFERS:
        row.save(update_fields=["state", "differences", "choice"])
        raise Refused(NOTHING_TO_CORRECT)
    if choice.versions.drafts().exists():
        raise Refused(BEGUN)
    draft = begin_correction(choice=choice, by=by)
    fields = as_fields(row.values, categories.ids())
    if fields["category_id"] is None:
        del fields["category_id"]
    if already.same_provider(row):
        del fields["supplier_name"], fields["supplier_postcode"]
    else:
        draft.supplier = row.supplier if row.is_supplier else None
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.correction = why
    draft.save()
    filed = file_version(version=draft, by=by)
    row.choice, row.state, row.differences = choice, State.SAME, []
    row.save(update_fields=["state", "differences", "choice"])
    return filed


@transaction.atomic
def remove_file(*, file: PurchaseFile, by: User) -> None:
    """The lines go; what was recorded of them stays. Raises Refused."""
    locked = _lock_file(file, by)
    _record("removed", locked, by)
    locked.delete()


def _settle(file: PurchaseFile) -> None:
    waits = file.lines.filter(state=State.NEW).exists()
    file.state = PurchaseFile.State.CHECKED if waits else PurchaseFile.State.RECORDED
    file.save()


def _lock_buyer(organisation: Organisation, by: User) -> Organisation:
    buyer = lock_organisation(organisation)
    if not is_member(by, buyer):
        raise Refused(NOT_YOURS)
    return buyer


def _lock_file(file: PurchaseFile, by: User) -> PurchaseFile:
    """The file as it is now. The buyer is locked first, as whoever files one choice does."""
    buyer = _lock_buyer(file.organisation, by)
    found = PurchaseFile.objects.select_for_update().filter(pk=file.pk, organisation=buyer).first()
    if found is None:
        raise Refused(GONE)
    found.organisation = buyer
    return found


def _record(verb: str, file: PurchaseFile, by: User) -> None:
    AuditEvent.record(
        verb=verb, target=file, organisation=file.organisation, actor_key=by.audit_key
    )
