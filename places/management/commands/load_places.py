"""``manage.py load_places``: load postcodes and wards from files of ONS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from places.services import LoadRefused, LoadReport, load_places
from places.services.load import PostcodesReport, WardsReport


class Command(BaseCommand):
    help = (
        "Load postcodes and the outlines of wards from files of the Office for National "
        "Statistics (NSPL, ONSPD; GeoJSON). Says what would change; --apply changes it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--postcodes",
            type=Path,
            metavar="FILE",
            help="CSV with columns such as pcds, lat, long and wd25cd or osward",
        )
        parser.add_argument(
            "--wards", type=Path, metavar="FILE", help="GeoJSON of outlines, or CSV of label points"
        )
        parser.add_argument(
            "--apply", "--commit", action="store_true", help="change the database; else a dry run"
        )

    def handle(self, *args: object, **options: Any) -> None:
        try:
            report = load_places(
                postcodes=options["postcodes"], wards=options["wards"], apply=options["apply"]
            )
        except LoadRefused as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        for line in _lines(report):
            self.stdout.write(line)


def _lines(report: LoadReport) -> Iterator[str]:
    if report.wards:
        yield from _ward_lines(report.wards)
    if report.postcodes:
        yield from _postcode_lines(report.postcodes)
    if report.applied:
        yield f"Done in {report.seconds:.1f} seconds."
    else:
        yield f"Dry run in {report.seconds:.1f} seconds: nothing was changed. Add --apply to do it."


def _ward_lines(wards: WardsReport) -> Iterator[str]:
    yield f"Wards: {wards.changed} changed, {wards.unchanged} unchanged."
    if wards.left_out:
        yield f"  Left out, as they are wards of other places: {wards.left_out:,}."
    yield f"  {wards.with_outlines} wards of Leeds have an outline."
    if wards.without_outlines:
        yield f"  Without an outline: {', '.join(wards.without_outlines)}."


def _postcode_lines(found: PostcodesReport) -> Iterator[str]:
    yield f"Postcodes: {found.read:,} rows read."
    yield (
        f"  {found.new:,} new, {found.changed:,} changed, {found.unchanged:,} unchanged, "
        f"{found.rejects.total:,} rejected."
    )
    for reason, count in found.rejects.counts.most_common():
        lines = ", ".join(f"{line:,}" for line in found.rejects.lines[reason])
        more = ", …" if count > len(found.rejects.lines[reason]) else ""
        yield f"  Rejected, {reason}: {count:,} (line {lines}{more})."
    if found.leaving_leeds:
        yield f"  {found.leaving_leeds:,} that were in a ward of Leeds are in none by this file."
    if found.not_in_file:
        yield f"  {found.not_in_file:,} loaded before and not in this file stay."
    yield f"  Then {found.in_leeds:,} in Leeds and {found.outside:,} outside; by ward:"
    for name, count in found.per_ward.items():
        yield f"    {name}: {count:,}"
    yield f"Sectors: {found.sectors_added:,} added, {found.sectors_refreshed:,} refreshed."
