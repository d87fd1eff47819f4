"""What an import did, or would do, row by row and in sum."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from accounts.models import Organisation
from providers.registers.facts import Candidate
from providers.registers.mapping import RegisterMapping


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LINKED = "linked"
    LEFT_ALONE = "left alone"
    OUTSIDE_LEEDS = "outside Leeds"
    REJECTED = "rejected"


#: Rows that stand in the list after the import.
LOADED = (
    Outcome.CREATED,
    Outcome.UPDATED,
    Outcome.UNCHANGED,
    Outcome.LINKED,
    Outcome.LEFT_ALONE,
)
_HEADER = ("line", "external id", "name", "outcome", "notes")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row: where it starts in the file, what it is, what became of it and why."""

    line: int
    external_id: str
    name: str
    outcome: Outcome
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """Rows in the order of the file, notes on the whole, and how many rows got what."""

    mapping: RegisterMapping
    rows: list[ReportRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    vanished: int = 0
    got: Counter[str] = field(default_factory=Counter)
    unmapped: dict[str, Counter[tuple[str, ...]]] = field(default_factory=dict)

    def add(self, candidate: Candidate, outcome: Outcome, *notes: str) -> None:
        self.rows.append(
            ReportRow(
                candidate.line,
                candidate.external_id,
                candidate.facts.name,
                outcome,
                (*notes, *candidate.notes),
            )
        )

    def reject(self, line: int, reason: str, *, external_id: str = "", name: str = "") -> None:
        self.rows.append(ReportRow(line, external_id[:60], name[:200], Outcome.REJECTED, (reason,)))

    def measure(self, candidate: Candidate, cells: dict[str, str], place: Organisation) -> None:
        """Count what a loaded row got, and by which cells it did not."""
        facts = candidate.facts
        values = {
            "category": facts.categories,
            "legal_form": facts.legal_form,
            "sector": facts.sector,
            "ethos": facts.ethos,
            "website": facts.website,
            "postcode": facts.postcode,
            "point": place.latitude is not None,
            "in Leeds": place.ward_id is not None,
        }
        for name, value in values.items():
            self.got[name] += bool(value)
            if not value and name in self.mapping.unmapped:
                key = tuple(cells[column] for column in self.mapping.unmapped[name])
                self.unmapped.setdefault(name, Counter())[key] += 1

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def loaded(self) -> int:
        return sum(row.outcome in LOADED for row in self.rows)

    def sort(self) -> None:
        self.rows.sort(key=lambda row: row.line)

    def summary_lines(self) -> Iterator[str]:
        """The sums, in words."""
        source = self.mapping.source
        yield f"{source.name}, published {source.date.day} {source.date:%B %Y}"
        yield from self.notes
        yield f"{len(self.rows):>7,} rows"
        for outcome in Outcome:
            yield f"{self.count(outcome):>7,} {outcome}"
        if self.vanished:
            yield f"{self.vanished:>7,} no longer in the file (nothing was changed)"
        if self.loaded:
            yield f"Of the {self.loaded:,} in the list:"
            for name, number in self.got.items():
                label = name.replace("_", " ")
                yield f"{number:>7,} {100 * number / self.loaded:5.1f} %  {label}"
        for name, counter in self.unmapped.items():
            columns = ", ".join(self.mapping.unmapped[name])
            label = name.replace("_", " ")
            yield f"Not mapped: {label}, {sum(counter.values()):,} rows, by {columns}:"
            for key, number in counter.most_common(15):
                yield f"{number:>7,} {' | '.join(cell or '(blank)' for cell in key)}"
            if len(counter) > 15:
                rest = sum(counter.values()) - sum(n for _, n in counter.most_common(15))
                yield f"{rest:>7,} in {len(counter) - 15} others"

    def row_lines(self, *, everything: bool) -> Iterator[str]:
        """The rejected rows, or every row, one a line."""
        for row in self.rows:
            if everything or row.outcome is Outcome.REJECTED:
                named = " ".join(part for part in (row.external_id, row.name) if part)
                why = f": {'; '.join(row.notes)}" if row.notes else ""
                yield f"line {row.line}: {row.outcome}: {named}{why}"

    def write_csv(self, path: Path) -> None:
        """The whole report as CSV, one line a row. Raises OSError."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADER)
            for row in self.rows:
                cells = (row.external_id, row.name, row.outcome, "; ".join(row.notes))
                writer.writerow((row.line, *(_harmless(cell) for cell in cells)))


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
