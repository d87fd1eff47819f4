"""Make the listing index anew, or compare it with what that would give."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from providers import listing_index


class Command(BaseCommand):
    """For bulk changes made by hand, and for peace of mind."""

    help = "Rebuild the listing index beside the live one, and switch."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Change nothing; say what a rebuild would change, and fail if it is anything.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        if options["check"]:
            found = listing_index.differences()
            if found:
                raise CommandError("The index differs from a rebuild: " + "; ".join(found) + ".")
            self.stdout.write("The index equals a rebuild.")
            return
        listings = listing_index.rebuild()
        self.stdout.write(
            f"Rebuilt with {listings:,} listings in {time.monotonic() - start:.1f} s."
        )
