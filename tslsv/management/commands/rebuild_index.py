"""Make the search indexes anew, or compare them with what that would give."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from brokerage import notice_index
from providers import listing_index
from toms import measure_index


class Command(BaseCommand):
    """For bulk changes made by hand, and for peace of mind."""

    help = "Rebuild the search indexes beside the live ones, and switch."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Change nothing; say what a rebuild would change, and fail if it is anything.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        if options["check"]:
            found = [
                difference
                for index in (listing_index, measure_index, notice_index)
                for difference in index.differences()
            ]
            if found:
                raise CommandError("The index differs from a rebuild: " + "; ".join(found) + ".")
            self.stdout.write("The index equals a rebuild.")
            return
        listings, measures = listing_index.rebuild(), measure_index.rebuild()
        notices = notice_index.rebuild()
        self.stdout.write(
            f"Rebuilt with {listings:,} listings, {measures:,} measures and {notices:,} needs and "
            f"offers in {time.monotonic() - start:.1f} s."
        )
