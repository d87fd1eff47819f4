"""Loading postcodes and wards from files of ONS: staged, checked, then switched at once.

Everything happens in one transaction: the file is copied into a temporary table, checked there
and compared with what is loaded; a dry run ends here. Only then are the differences written.
Readers see the old rows until the commit, and other writers of places are kept out.

What a load does, and does not do:

- A postcode that is loaded but not in the file stays: files of parts of the country can be loaded
  one after another, and a postcode that has been abolished is still on somebody's letterhead.
- A sector's point, counts and main ward become those of its loaded postcodes, once at least as
  many are loaded as its point rested on before. A file of only the Leeds part of "BD3 8" thus
  gives its middle in Leeds, as the built-in figures do, and a file of the whole country the middle
  of all of it. ``postcodes_all`` never falls, so that a partial file is known for one. Sectors that
  were not known are added.
- A ward's outline and label point are replaced by those of the file; its name stays.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from places import lookup
from places.models import Ward
from places.outlines import OutlineIndex
from places.services import statements
from places.services.builtin import load_builtin
from places.services.lock import try_lock
from places.services.postcode_file import FindWard, PostcodeFile, PostcodeRow, Reason, Rejects
from places.services.refused import LoadRefused
from places.services.ward_file import WardFile, read_ward_file
from tslsv.search.versions import raise_version

_COPY_ROWS = 5_000
# A file is refused when more rows than this share are rejected; but a few always may be.
# Rows without a position do not count: every full ONS file has thousands.
_WORST_SHARE = 0.1
_ALWAYS_ALLOWED = 20
# A code of another place on so many postcodes in the midst of Leeds is a code we ought to know.
_STRANGE_POSTCODES = 20


@dataclass(slots=True)
class PostcodesReport:
    """What a postcode file holds, against what was loaded before."""

    read: int
    rejects: Rejects
    new: int
    changed: int
    unchanged: int
    leaving_leeds: int
    not_in_file: int
    in_leeds: int
    outside: int
    sectors_added: int
    sectors_refreshed: int
    per_ward: dict[str, int]


@dataclass(slots=True)
class WardsReport:
    """What a wards file holds, against what was loaded before."""

    changed: int
    unchanged: int
    left_out: int
    with_outlines: int
    without_outlines: list[str]


@dataclass(slots=True)
class LoadReport:
    """What a load did, or in a dry run would do."""

    applied: bool
    seconds: float = 0.0
    wards: WardsReport | None = None
    postcodes: PostcodesReport | None = None


def load_places(
    *, postcodes: Path | None = None, wards: Path | None = None, apply: bool = False
) -> LoadReport:
    """Load either or both files; without ``apply`` only say what that would change.

    Safe to repeat: the second time everything is unchanged. Memory does not grow with the file of
    postcodes. Raises LoadRefused, with nothing changed, when a file is no good, when too many rows
    would be rejected, or when another load is running.
    """
    if postcodes is None and wards is None:
        raise LoadRefused("Give a postcode file, a wards file, or both.")
    started = time.monotonic()
    report = LoadReport(applied=apply)
    with transaction.atomic():
        if apply and not try_lock():
            raise LoadRefused("Another load is running. Try again when it has ended.")
        load_builtin()
        codes = _ward_codes()
        ward_file = read_ward_file(wards, codes=codes) if wards else None
        if ward_file:
            report.wards = _load_wards(ward_file, apply=apply)
        if postcodes:
            file = PostcodeFile(postcodes, wards=codes, find_ward=_find_ward(ward_file))
            report.postcodes = _load_postcodes(file, apply=apply)
        if apply:
            raise_version(lookup.PLACES)
        else:
            transaction.set_rollback(True)
        transaction.on_commit(lookup.forget)
    lookup.forget()  # at once too, for a caller whose own transaction is still open
    report.seconds = time.monotonic() - started
    return report


def _ward_codes() -> dict[str, str]:
    """Present and former codes of the wards of Leeds, to present ones."""
    codes: dict[str, str] = {}
    for code, former in Ward.objects.order_by().values_list("code", "former_codes"):
        codes.update(dict.fromkeys([code, *former], code))
    return codes


def _find_ward(ward_file: WardFile | None) -> FindWard | None:
    """Finds wards by the outlines as they will be: the file's, else the loaded ones."""
    rows = Ward.objects.filter(outline__isnull=False).order_by().values_list("code", "outline")
    outlines = {code: outline for code, outline in rows if outline}
    if ward_file:
        outlines |= {row.code: row.outline for row in ward_file.wards.values() if row.outline}
    return OutlineIndex(outlines).at if outlines else None


# -- Wards --------------------------------------------------------------------------------------


def _load_wards(ward_file: WardFile, *, apply: bool) -> WardsReport:
    loaded = {ward.code: ward for ward in Ward.objects.order_by("name")}
    changed = []
    for row in ward_file.wards.values():
        ward = loaded[row.code]
        before = (ward.latitude, ward.longitude, ward.outline)
        if row.point:
            ward.latitude, ward.longitude = row.point.latitude, row.point.longitude
        ward.outline = row.outline or ward.outline
        if before != (ward.latitude, ward.longitude, ward.outline):
            changed.append(ward)
    if apply:
        Ward.objects.bulk_update(changed, ["latitude", "longitude", "outline"])
    without = [ward.name for ward in loaded.values() if not ward.outline]
    return WardsReport(
        changed=len(changed),
        unchanged=len(ward_file.wards) - len(changed),
        left_out=ward_file.left_out,
        with_outlines=len(loaded) - len(without),
        without_outlines=without,
    )


# -- Postcodes ----------------------------------------------------------------------------------


def _load_postcodes(file: PostcodeFile, *, apply: bool) -> PostcodesReport:
    _stage(file)
    _reject_repeated(file.rejects)
    _refuse_bad_file(file)
    _refuse_strange_wards(file.path)
    new, changed, unchanged, leaving, not_in_file = _one_row(statements.COMPARE)
    _run(statements.STAGE_SECTORS)
    sectors_added, sectors_refreshed = _one_row(statements.COMPARE_SECTORS)
    per_ward: dict[str | None, int] = dict(_all_rows(statements.PER_WARD))
    outside = per_ward.pop(None)
    if apply:
        _run(statements.WRITE_POSTCODES)
        _run(statements.WRITE_SECTORS)
    return PostcodesReport(
        read=file.read,
        rejects=file.rejects,
        new=new,
        changed=changed,
        unchanged=unchanged,
        leaving_leeds=leaving,
        not_in_file=not_in_file,
        in_leeds=sum(per_ward.values()),
        outside=outside,
        sectors_added=sectors_added,
        sectors_refreshed=sectors_refreshed,
        per_ward={name: count for name, count in per_ward.items() if name is not None},
    )


def _stage(file: PostcodeFile) -> None:
    _run(statements.MAKE_STAGE)
    with connection.cursor() as cursor, cursor.copy(statements.COPY_STAGE) as copy:
        for rows in batched(file.rows(), _COPY_ROWS):
            copy.write("".join(_copy_lines(rows)))
    _run(statements.ANALYSE_STAGE)


def _copy_lines(rows: tuple[PostcodeRow, ...]) -> Iterator[str]:
    """Lines of COPY's text format. Nothing needs escaping: the reader let only plain text by."""
    for row in rows:
        yield (
            f"{row.line}\t{row.unit}\t{row.latitude!r}\t{row.longitude!r}\t"
            f"{row.ward or '\\N'}\t{row.given}\n"
        )


def _reject_repeated(rejects: Rejects) -> None:
    count, lines = _one_row(statements.DELETE_REPEATED)
    if count:
        rejects.counts[Reason.REPEATED] = count
        rejects.lines[Reason.REPEATED] = lines


def _refuse_bad_file(file: PostcodeFile) -> None:
    if not file.read:
        raise LoadRefused(f"The postcode file {file.path} has a heading but no rows.")
    counts = file.rejects.counts
    main = ", ".join(
        f"{reason} ({count:,}; line {file.rejects.lines[reason][0]:,})"
        for reason, count in counts.most_common(3)
    )
    if file.rejects.total == file.read:
        raise LoadRefused(
            f"None of the {file.read:,} rows of the postcode file {file.path} can be used: {main}."
        )
    bad = file.rejects.total - counts[Reason.NO_POSITION]
    if bad > max(_ALWAYS_ALLOWED, file.read * _WORST_SHARE):
        raise LoadRefused(
            f"{bad:,} of the {file.read:,} rows of the postcode file {file.path} cannot be used, "
            f"which is more than one in ten: {main}."
        )


def _refuse_strange_wards(path: Path) -> None:
    """Stop when ONS seems to have issued a new code for a ward: its postcodes would leave Leeds."""
    strange = _all_rows(statements.STRANGE_WARDS, [_STRANGE_POSTCODES])
    if strange:
        codes = ", ".join(f"{code} on {count:,} postcodes" for code, count in strange[:5])
        raise LoadRefused(
            f"The postcode file {path} gives wards that we do not know to postcodes in the midst "
            f"of Leeds: {codes}. ONS has probably issued new codes: add them to "
            "places/data/wards.csv, with the present ones as former codes."
        )


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _all_rows(statement: str, parameters: list[int] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _one_row(statement: str) -> tuple[Any, ...]:
    (row,) = _all_rows(statement)
    return row
