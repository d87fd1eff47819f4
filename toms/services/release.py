"""Putting releases together, opening them for comment, and adopting them: all or nothing."""

import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.refused import Refused
from toms import measure_index
from toms.check_list import Missing, check_list
from toms.models import MeasureVersion, Release, ReleaseItem
from toms.services import telling
from toms.services.locking import check_curator, check_seen, lock_release

NOT_DRAFT = "“{release}” is {state}, so its list stands."
ENDED = "{code} {number} is {state}, so no release can list it."
LISTED = "“{release}” lists {code} already; take that version out first."
NOT_LISTED = "“{release}” does not list this version any more."
DATES = "The last day for comment comes before the first."
PAST = "The last day for comment is over already."
STILL_OPEN = "“{release}” is open for comment until {day}. It can be adopted after that."
INCOMPLETE = "Not everything is there yet. Nothing was adopted."
REPLACED = "Replaced by {number}."


class Incomplete(Refused):
    """What has to be mended before a release is adopted: ``missing`` has every single thing."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(INCOMPLETE)
        self.missing = missing


@transaction.atomic
def begin_release(*, slug: str, title: str, by: User, introduction: str = "") -> Release:
    """An empty draft. Raises Refused where the address is taken, and for who is no curator."""
    check_curator(by)
    release, made = Release.objects.get_or_create(
        slug=slug, defaults={"title": title, "introduction": introduction}
    )
    if not made:
        raise Refused("There is a release at this address already.")
    _record("began", release, by)
    return release


@transaction.atomic
def reword_release(
    *, release: Release, title: str, introduction: str, looked_at: str, by: User
) -> None:
    """A draft's title and introduction. Raises Overtaken, and Refused once it is no draft."""
    row = _lock_draft(release, by)
    check_seen(row, looked_at)
    if (row.title, row.introduction) == (title, introduction):
        return
    row.title, row.introduction = title, introduction
    row.save(update_fields=["title", "introduction", "modified"])
    _record("reworded", row, by)


@transaction.atomic
def list_version(*, release: Release, version: MeasureVersion, by: User) -> ReleaseItem:
    """Put a version at the end of a draft's list; twice, it is there once. Raises Refused."""
    row = _lock_draft(release, by)
    version = MeasureVersion.objects.select_related("measure").get(pk=version.pk)
    names = {"code": version.measure.code, "number": version.number}
    if version.state in {MeasureVersion.State.RETIRED, MeasureVersion.State.WITHDRAWN}:
        raise Refused(ENDED.format(**names, state=version.get_state_display().lower()))
    there = row.items.filter(version__measure=version.measure).first()
    if there is not None:
        if there.version_id == version.pk:
            return there
        raise Refused(LISTED.format(release=row, code=version.measure.code))
    last = row.items.aggregate(last=Max("position"))["last"] or 0
    item = ReleaseItem.objects.create(release=row, version=version, position=last + 1)
    _touch(row, "listed a version in", by)
    measure_index.refresh([version.measure_id])
    return item


@transaction.atomic
def take_out(*, release: Release, version: MeasureVersion, by: User) -> None:
    """Take a version out of a draft's list. Done twice, it is done once. Raises Refused."""
    row = _lock_draft(release, by)
    if row.items.filter(version=version).delete()[0]:
        _touch(row, "took a version out of", by)
        measure_index.refresh([version.measure_id])


@transaction.atomic
def list_the_rest(*, release: Release, by: User) -> int:
    """Put every measure that a draft does not list at its end; returns how many.

    Of each its open draft, else what is adopted. Raises Refused.
    """
    row = _lock_draft(release, by)
    standing = MeasureVersion.objects.open() | MeasureVersion.objects.adopted()
    rest = list(
        standing.exclude(measure__versions__items__release=row).order_by(
            "measure__outcome__theme__position",
            "measure__outcome__position",
            "measure__position",
            "measure__code",
            "major",
            "minor",
            "patch",
        )
    )
    # The newest of a measure stands last: an open draft follows what is adopted.
    chosen = {version.measure_id: version for version in rest}
    last = row.items.aggregate(last=Max("position"))["last"] or 0
    ReleaseItem.objects.bulk_create(
        ReleaseItem(release=row, version=version, position=position)
        for position, version in enumerate(chosen.values(), start=last + 1)
    )
    if chosen:
        _touch(row, "listed the rest in", by)
        measure_index.refresh(list(chosen))
    return len(chosen)


@transaction.atomic
def move_version(
    *, release: Release, version: MeasureVersion, earlier: bool, looked_at: str, by: User
) -> None:
    """Let a version change places with the one before or after it under the same outcome.

    At the end of its outcome it stays. Raises Overtaken when the list is not as it was looked at,
    so that a second click moves nothing twice, and Refused.
    """
    row = _lock_draft(release, by)
    check_seen(row, looked_at)
    items = list(row.items.select_related("version__measure").order_by("position", "pk"))
    here = next((item for item in items if item.version_id == version.pk), None)
    if here is None:
        raise Refused(NOT_LISTED.format(release=row))
    outcome = here.version.measure.outcome_id
    near = [item for item in items if item.version.measure.outcome_id == outcome]
    place = near.index(here) + (-1 if earlier else 1)
    if not 0 <= place < len(near):
        return
    one, other = items.index(here), items.index(near[place])
    items[one], items[other] = items[other], items[one]
    for position, item in enumerate(items, start=1):
        item.position = position
    ReleaseItem.objects.bulk_update(items, ["position"])
    _touch(row, "moved a version in", by)


@transaction.atomic
def open_for_comment(
    *,
    release: Release,
    opens_on: datetime.date,
    closes_on: datetime.date,
    looked_at: str,
    by: User,
) -> Release:
    """From the first day to the last, both included; what is listed is not changed meanwhile.

    Raises Overtaken when the release is not as it was looked at, and Refused.
    """
    row = _lock_draft(release, by)
    check_seen(row, looked_at)
    if closes_on < opens_on:
        raise Refused(DATES)
    if closes_on < timezone.localdate():
        raise Refused(PAST)
    if not row.items.exists():
        raise Refused("Nothing is listed yet, so there is nothing to comment on.")
    versions = _locked_versions(row)
    for version in versions:
        if version.state == MeasureVersion.State.DRAFT:
            version.state = MeasureVersion.State.CONSULTATION
            version.save(update_fields=["state", "modified"])
    row.state, row.opens_on, row.closes_on = Release.State.CONSULTATION, opens_on, closes_on
    row.save(update_fields=["state", "opens_on", "closes_on", "modified"])
    _record("opened for comment", row, by)
    measure_index.refresh([version.measure_id for version in versions])
    return row


@transaction.atomic
def adopt(*, release: Release, looked_at: str, by: User) -> Release:
    """Adopt everything that is listed, or nothing.

    Each new version replaces the adopted one of its measure; one that was never adopted becomes
    1.0.0. Raises Incomplete with everything that is missing, Overtaken when the release is not as
    it was looked at, and Refused while it is open for comment, or is adopted already. Whoever uses
    an earlier release hears of it.
    """
    check_curator(by)
    row = lock_release(release)
    if row.state in {Release.State.ADOPTED, Release.State.WITHDRAWN}:
        raise Refused(NOT_DRAFT.format(release=row, state=row.get_state_display().lower()))
    check_seen(row, looked_at)
    today = timezone.localdate()
    if row.state == Release.State.CONSULTATION and row.closes_on and row.closes_on >= today:
        raise Refused(STILL_OPEN.format(release=row, day=row.closes_on))
    versions = _locked_versions(row)
    if missing := check_list(row):
        raise Incomplete(missing)
    for version in versions:
        if version.state != MeasureVersion.State.ADOPTED:
            _adopt_version(version, today)
    row.state, row.adopted_on, row.adopted_by = Release.State.ADOPTED, today, by
    row.save(update_fields=["state", "adopted_on", "adopted_by", "modified"])
    _record("adopted", row, by)
    telling.tell_adopters(row)
    measure_index.refresh([version.measure_id for version in versions])
    return row


def _adopt_version(version: MeasureVersion, today: datetime.date) -> None:
    if version.major == 0:
        version.major, version.minor, version.patch = 1, 0, 0
    for before in version.measure.versions.adopted():
        before.state, before.ended_on = MeasureVersion.State.RETIRED, today
        before.ended_reason = REPLACED.format(number=version.number)
        before.successor = version.measure
        before.save()
    version.state, version.adopted_on = MeasureVersion.State.ADOPTED, today
    version.save()


def _lock_draft(release: Release, by: User) -> Release:
    check_curator(by)
    row = lock_release(release)
    if row.state != Release.State.DRAFT:
        raise Refused(NOT_DRAFT.format(release=row, state=row.get_state_display().lower()))
    return row


def _locked_versions(release: Release) -> list[MeasureVersion]:
    return list(
        MeasureVersion.objects.select_for_update(of=("self",))
        .filter(items__release=release)
        .select_related("measure")
        .order_by("measure", "pk")
    )


def _touch(release: Release, verb: str, by: User) -> None:
    release.save(update_fields=["modified"])
    _record(verb, release, by)


def _record(verb: str, release: Release, by: User) -> None:
    AuditEvent.record(verb=verb, target=release, actor_key=by.audit_key)
