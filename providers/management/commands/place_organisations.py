"""Place every organisation again."""

from typing import Any

from django.core.management import BaseCommand

from providers.services.placing import place_all_again


class Command(BaseCommand):
    """After ``load_places`` has brought new postcodes or ward outlines. Safe to repeat."""

    help = "Work out the ward and the points of every organisation anew."

    def handle(self, *args: Any, **options: Any) -> None:
        moved = place_all_again()
        self.stdout.write(f"{moved:,} organisations have another ward or point than before.")
