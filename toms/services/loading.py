"""Bringing a file's measures into the register as a draft release: all of it or nothing."""

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from accounts.models import AuditEvent, User
from toms import measure_index
from toms.exchange.columns import row_of
from toms.exchange.read_csv import Entry, Parsed, parse
from toms.models import (
    Measure,
    MeasureVersion,
    Outcome,
    OverlapGroup,
    Release,
    ReleaseItem,
    Theme,
    Unit,
)
from toms.models.measure import Number
from toms.versions import BadStep, check_step, compare, step_between

STARTER = Path(__file__).parents[1] / "data" / "starter.csv"
STARTER_RELEASE = "first"
STARTER_TITLE = "Leeds TOMs, first release"
WORDS = Path(__file__).parents[1] / "data" / "words.toml"


_ENDED = {MeasureVersion.State.RETIRED, MeasureVersion.State.WITHDRAWN}


class Became(StrEnum):
    """What became of a line, or would."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: where it is (0: the whole file), and what became of it."""

    line: int
    code: str
    became: Became
    words: str = ""


@dataclass(slots=True)
class Report:
    """Every line, and whether anything was written: never when one of them is rejected."""

    lines: list[Line] = field(default_factory=list)
    applied: bool = False

    def count(self, became: Became) -> int:
        return sum(line.became is became for line in self.lines)

    @property
    def is_good(self) -> bool:
        return bool(self.lines) and not self.count(Became.REJECTED)


class _Rejected(Exception):
    """A line that cannot be loaded, and why."""


class _DryRun(Exception):
    """Ends a transaction of which nothing is to stay."""


def load(
    data: bytes,
    *,
    release: str = STARTER_RELEASE,
    title: str = STARTER_TITLE,
    apply: bool = False,
    by: User | None = None,
) -> Report:
    """Judge a CSV line by line, and with ``apply`` load it when every line is good.

    ``release`` is the address of the draft release that will list the measures in the file's order;
    it is made, with ``title``, where there is none. Loading the same file again changes nothing. A
    line may change an open draft; what is adopted is changed by a line with the next number, whose
    step has to fit what changed. A line that tells of a version that has ended changes nothing, and
    says so. Measures of the release that the file leaves out stay in it.
    """
    parsed = parse(data)
    report = Report(_rejected(parsed))
    if not parsed.entries and not report.lines:
        report.lines.append(Line(0, "", Became.REJECTED, "There is no measure in this file."))
    try:
        with transaction.atomic():
            _load(parsed.entries, release, title, report, by)
            report.lines.sort(key=lambda line: line.line)
            if not apply or not report.is_good:
                raise _DryRun
            report.applied = True
    except _DryRun:
        pass
    return report


def _rejected(parsed: Parsed) -> list[Line]:
    return [Line(line, "", Became.REJECTED, words) for line, words in parsed.problems]


def _load(entries: Iterable[Entry], slug: str, title: str, report: Report, by: User | None) -> None:
    shelf = _Shelf()
    release, _ = Release.objects.select_for_update().get_or_create(
        slug=slug, defaults={"title": title}
    )
    if release.state != Release.State.DRAFT:
        words = f"The release “{release}” is {release.get_state_display().lower()}: name another."
        report.lines.append(Line(0, "", Became.REJECTED, words))
        return
    listed = set(release.items.values_list("version", flat=True))
    last = release.items.aggregate(last=Max("position"))["last"] or 0
    changed: set[int] = set()
    for position, entry in enumerate(entries):
        try:
            version, became = shelf.put(entry, position)
        except (_Rejected, BadStep) as error:
            report.lines.append(Line(entry.line, entry.code, Became.REJECTED, str(error)))
            continue
        if version.state in _ENDED:
            state = version.get_state_display().lower()
            words = f"{version.number} is {state} and stays so; the release does not list it."
            report.lines.append(Line(entry.line, entry.code, became, words))
            continue
        if version.pk not in listed and not shelf.is_behind(version, listed):
            last += 1
            _replace_in(release, version, last)
            became = Became.CHANGED if became is Became.UNCHANGED else became
        if became is not Became.UNCHANGED:
            changed.add(version.measure_id)
        report.lines.append(Line(entry.line, entry.code, became))
    if changed:
        AuditEvent.record(
            verb="loaded a file into",
            target=release,
            actor_key=by.audit_key if by else None,
        )
        measure_index.refresh(changed)


def _replace_in(release: Release, version: MeasureVersion, position: int) -> None:
    """List the version, in the place of an older one of its measure if there is one."""
    before = release.items.filter(version__measure=version.measure).first()
    if before is None:
        ReleaseItem.objects.create(release=release, version=version, position=position)
        return
    before.version = version
    before.save(update_fields=["version"])


class _Shelf:
    """What the register holds, read once, with what the file adds."""

    def __init__(self) -> None:
        words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
        self.unit_words, self.group_words = words["units"], words["overlap_groups"]
        self.themes = {row.code: row for row in Theme.objects.all()}
        self.outcomes = {row.code: row for row in Outcome.objects.select_related("theme")}
        self.units = {row.code: row for row in Unit.objects.all()}
        self.groups = {row.code: row for row in OverlapGroup.objects.all()}
        self.measures = {
            row.code: row for row in Measure.objects.select_for_update().order_by("pk")
        }
        self.known: dict[tuple[int, Number], MeasureVersion] = {}
        self.newest: dict[int, MeasureVersion] = {}
        self.standing: dict[int, MeasureVersion] = {}
        versions = MeasureVersion.objects.select_related(
            "measure__outcome__theme", "unit", "overlap_group"
        )
        for version in versions.order_by("major", "minor", "patch"):
            self.known[version.measure_id, version.number] = version
            self.newest[version.measure_id] = version
            if version.state == MeasureVersion.State.ADOPTED:
                self.standing[version.measure_id] = version

    def put(self, entry: Entry, position: int) -> tuple[MeasureVersion, Became]:
        """The version that the line describes. Raises _Rejected and BadStep."""
        outcome = self._outcome(entry)
        fields = {
            **entry.fields,
            "unit": self._unit(entry),
            "overlap_group": self._group(entry),
        }
        measure = self.measures.get(entry.code)
        if measure is None:
            self._check_status(entry, MeasureVersion.State.DRAFT)
            measure = Measure.objects.create(outcome=outcome, code=entry.code, position=position)
            self.measures[entry.code] = measure
            return self._begin(measure, entry, fields, MeasureVersion.Step.NEW), Became.CREATED
        if measure.outcome_id != outcome.pk:
            raise _Rejected(f"{entry.code} stands under another outcome; a curator can move it.")
        newest = self.newest.get(measure.pk)
        if newest is None:
            return self._begin(measure, entry, fields, MeasureVersion.Step.NEW), Became.CREATED
        return self._against(newest, entry, fields)

    def is_behind(self, version: MeasureVersion, listed: Collection[int]) -> bool:
        """Whether it is an older version of a measure whose newest one is listed."""
        newest = self.newest.get(version.measure_id)
        return newest is not None and newest.number > version.number and newest.pk in listed

    def _against(
        self, newest: MeasureVersion, entry: Entry, fields: dict[str, object]
    ) -> tuple[MeasureVersion, Became]:
        """Compare a line with the newest version of its measure, and with the one it names."""
        named = self.known.get((newest.measure_id, entry.number))
        if named is not None and row_of(named) == row_of(named) | entry.cells:
            return named, Became.UNCHANGED
        if newest.state in MeasureVersion.OPEN_STATES:
            return self._rewrite(newest, entry, fields)
        if newest.state != MeasureVersion.State.ADOPTED:
            state = newest.get_state_display().lower()
            raise _Rejected(f"{entry.code} is {state}: a file cannot bring it back.")
        if newest.number == entry.number:
            raise _Rejected(
                f"{entry.code} {newest.number} is adopted and stays as it is. "
                "Give the change the next number."
            )
        self._check_status(entry, MeasureVersion.State.DRAFT)
        step = step_between(newest.number, entry.number)
        check_step(compare(newest, MeasureVersion(**fields)), step)
        return self._begin(newest.measure, entry, fields, step), Became.CREATED

    def _rewrite(
        self, draft: MeasureVersion, entry: Entry, fields: dict[str, object]
    ) -> tuple[MeasureVersion, Became]:
        if draft.state != MeasureVersion.State.DRAFT:
            raise _Rejected(f"{entry.code} is open for comment, so a file cannot change it.")
        self._check_status(entry, draft.state)
        adopted = self.standing.get(draft.measure_id)
        if adopted is not None:
            draft.step = step_between(adopted.number, entry.number)
            check_step(compare(adopted, MeasureVersion(**fields)), MeasureVersion.Step(draft.step))
        elif entry.number != draft.number:
            step_between(draft.number, entry.number)
        for name, value in fields.items():
            setattr(draft, name, value)
        draft.major, draft.minor, draft.patch = entry.number
        draft.save()
        return draft, Became.CHANGED

    def _begin(
        self, measure: Measure, entry: Entry, fields: dict[str, object], step: str
    ) -> MeasureVersion:
        major, minor, patch = entry.number
        return MeasureVersion.objects.create(
            measure=measure, major=major, minor=minor, patch=patch, step=step, **fields
        )

    def _check_status(self, entry: Entry, state: str) -> None:
        if entry.cells["status"] != state:
            raise _Rejected(f"A file brings drafts alone; this one says “{entry.cells['status']}”.")

    def _outcome(self, entry: Entry) -> Outcome:
        cells = entry.cells
        theme = self.themes.get(cells["theme_code"])
        if theme is None:
            theme = Theme.objects.create(
                code=cells["theme_code"],
                label=cells["theme"],
                ambition=cells["leeds_ambition"],
                position=len(self.themes) + 1,
            )
            self.themes[theme.code] = theme
        outcome = self.outcomes.get(cells["outcome_code"])
        if outcome is None:
            outcome = Outcome.objects.create(
                theme=theme,
                code=cells["outcome_code"],
                label=cells["outcome"],
                position=len(self.outcomes) + 1,
            )
            self.outcomes[outcome.code] = outcome
        for name, label in (("theme", theme.label), ("outcome", outcome.label)):
            if cells[name] != label:
                raise _Rejected(f"Its {name} is called “{label}” here; a curator can reword it.")
        if cells["leeds_ambition"] != theme.ambition:
            raise _Rejected(f"Its theme serves “{theme.ambition}” here; a curator can change that.")
        return outcome

    def _unit(self, entry: Entry) -> Unit:
        code = entry.cells["unit_code"]
        if code not in self.units:
            label = self.unit_words.get(code, entry.cells["unit"])
            self.units[code] = Unit.objects.create(code=code, label=label)
        return self.units[code]

    def _group(self, entry: Entry) -> OverlapGroup | None:
        code = entry.cells["overlap_group"]
        if not code:
            return None
        if code not in self.groups:
            label = self.group_words.get(code, code)
            self.groups[code] = OverlapGroup.objects.create(code=code, label=label)
        return self.groups[code]
