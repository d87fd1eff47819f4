"""The kinds and skills a new board starts with, and loading them without undoing a broker's work.

The files in ``brokerage/data`` are where they begin; the database is where they live. Loading adds
what is missing and never overwrites.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from django.db import models, transaction

from brokerage import notice_index
from brokerage.models import HourlyRate, Kind, Skill

DATA = Path(__file__).parent / "data"

# Room between two neighbours on the page, so that a broker can put one in between.
STEP = 10


@dataclass(frozen=True, slots=True)
class Report:
    """How many kinds and skills were added."""

    kinds: int
    skills: int


def read(folder: Path = DATA) -> tuple[list[Kind], list[Skill]]:
    """What the files say, not saved. Raises ``tomllib.TOMLDecodeError``."""
    kinds = tomllib.loads((folder / "kinds.toml").read_text(encoding="utf-8"))["kind"]
    skills = tomllib.loads((folder / "skills.toml").read_text(encoding="utf-8"))["skills"]
    positions = count(STEP, STEP)
    return (
        [Kind(**said, position=next(positions)) for said in kinds],
        [
            Skill(code=code, label=label, description=description, position=next(positions))
            for code, label, description in skills
        ],
    )


@transaction.atomic
def load(folder: Path = DATA) -> Report:
    """Add the kinds and skills that are missing. Safe to repeat, in a few queries."""
    kinds, skills = read(folder)
    _add_rates(folder)
    report = Report(kinds=_add(Kind, kinds), skills=_add(Skill, skills))
    if report.kinds or report.skills:
        notice_index.touch()
    return report


def _add_rates(folder: Path) -> None:
    """Rates of an hour that are not there yet, by their code and the day from which they hold."""
    said = tomllib.loads((folder / "rates.toml").read_text(encoding="utf-8"))["rate"]
    for row in said:
        named = {name: row.pop(name) for name in ("code", "holds_from")}
        HourlyRate.objects.get_or_create(**named, defaults=row)


def _add(model: type[models.Model], rows: Iterable[Kind] | Iterable[Skill]) -> int:
    known = set(model._default_manager.values_list("code", flat=True))
    missing = [row for row in rows if row.code not in known]
    model._default_manager.bulk_create(missing)
    return len(missing)
