"""``manage.py load_toms``: bring measures from a CSV file into a draft release."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from toms.exchange.read_csv import MOST_BYTES
from toms.services.loading import STARTER_RELEASE, STARTER_TITLE, Became, load


class Command(BaseCommand):
    help = (
        "Load measures from a CSV file as a draft release. Without --apply nothing is written, "
        "and the report says what would be. One bad line, and nothing is loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the CSV file, in UTF-8")
        parser.add_argument("--apply", action="store_true", help="write; the default is a dry run")
        parser.add_argument(
            "--release",
            default=STARTER_RELEASE,
            metavar="ADDRESS",
            help="the draft release to list the measures in; made where there is none",
        )
        parser.add_argument(
            "--title", default=STARTER_TITLE, help="what a release that is made is called"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from error
        report = load(
            data, release=options["release"], title=options["title"], apply=options["apply"]
        )
        for line in report.lines:
            if line.words or options["verbosity"] > 1:
                named = f" {line.code}" if line.code else ""
                why = f": {line.words}" if line.words else ""
                self.stdout.write(f"line {line.line}:{named} {line.became}{why}")
        for became in Became:
            self.stdout.write(f"{report.count(became):>7,} {became}")
        if not report.is_good:
            raise CommandError("Nothing was loaded.")
        self.stdout.write("Loaded." if report.applied else "A dry run: nothing was written.")
