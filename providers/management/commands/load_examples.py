"""``manage.py load_examples``: fill an empty provider list with made-up organisations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import ProtectedError
from django.utils import timezone

from providers import examples
from providers.models import Listing


class Command(BaseCommand):
    help = (
        "Fill an empty provider list with made-up organisations, marked as examples. "
        "Load the places and the vocabulary first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=300, help="published listings to make")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="remove the examples that are there first, and all that hangs on them; "
            "organisations that are no examples are left alone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"] < 1:
            raise CommandError("--count must be at least 1.")
        if not options["replace"] and Listing.objects.exists():
            raise CommandError(
                "There are listings already. --replace makes the examples anew and "
                "leaves everything else alone."
            )
        try:
            counts = examples.load(
                today=timezone.localdate(), count=options["count"], replace=options["replace"]
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        except ProtectedError as error:
            raise CommandError(
                "Something made since needs an example, so nothing was changed: "
                + ", ".join(sorted({str(row) for row in error.protected_objects})[:5])
            ) from error
        self.stdout.write(
            f"Examples: {counts.organisations} organisations, {counts.listings} listings "
            f"({counts.published} published), {counts.claims} claims."
        )
