"""Let time do its work on the listing index."""

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from providers import listing_index


class Command(BaseCommand):
    """Once a day, and at every start: claims run out, unconfirmed listings go. Safe to repeat."""

    help = "Refresh the listings whose claims have run out or that nobody confirmed for a year."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = listing_index.refresh_due(timezone.localdate())
        self.stdout.write(f"{changed:,} listings changed with the day.")
