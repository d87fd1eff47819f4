"""Make a database and the static files ready for the web server."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.utils import timezone

from accounts import examples as example_people
from brokerage import examples as example_board
from brokerage import notice_index
from brokerage import vocabulary as board_vocabulary
from buying import examples as example_buyers
from places.services import load_builtin
from providers import examples, listing_index, vocabulary
from providers.models import Listing
from toms.models import Measure
from toms.services import glossary
from toms.services import loading as register

# What packages ship beside the files that our pages load.
NEVER_SERVED = ["ext", "htmax-*", "htmx-4*", "htmx-2.js", "*-src*"]


def _collect_static() -> None:
    """Collect, fingerprint and compress the static files, unless it was done for this program."""
    mark = Path(settings.STATIC_ROOT) / "collected-for"
    if mark.exists() and mark.read_text() == settings.BUILD:
        return
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=NEVER_SERVED)
    mark.write_text(settings.BUILD)


class Command(BaseCommand):
    """Run at every start of ``make run``: each step does nothing where nothing is to be done."""

    help = "Migrate, collect static files, load vocabulary, places and measures, and what fell due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--examples",
            action="store_true",
            help="Load the example listings when there are no listings at all.",
        )

        parser.add_argument(
            "--example-people",
            action="store_true",
            help="Make the example people, where only this machine can reach the site.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        call_command("migrate", verbosity=0, interactive=False)
        _collect_static()
        load_builtin()
        vocabulary.load()
        board_vocabulary.load()
        if not Measure.objects.exists():
            register.load(register.STARTER.read_bytes(), apply=True)
        glossary.load()
        today = timezone.localdate()
        if options["examples"] and not Listing.objects.exists():
            counts = examples.load(today=today)
            self.stdout.write(f"Example data: {counts}")
        if options["examples"] and (choices := example_buyers.load(today=today)):
            self.stdout.write(f"Example buyers: {choices} choices")
        if options["examples"] and (exchanges := example_board.load(today=today)):
            self.stdout.write(f"Example board: {exchanges} exchanges")
        if options["example_people"]:
            example_people.load(settings.DATA_DIR)
            example_buyers.let_somebody_in()
        listing_index.refresh_due(today)
        notice_index.refresh_due(today)
        self.stdout.write(f"Database and files are ready ({time.monotonic() - start:.1f} s).")
