"""``manage.py load_vocabulary``: add the terms and synonyms that are missing."""

from typing import Any

from django.core.management.base import BaseCommand

from providers import vocabulary


class Command(BaseCommand):
    help = (
        "Add the terms and synonyms that are missing, and retire those that the file retires. "
        "Curators' own terms and wording are left alone, so it is safe to run at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        report = vocabulary.load()
        self.stdout.write(
            f"Vocabulary: {report.created} terms added, {report.unchanged} already there, "
            f"{report.retired} retired; {report.synonyms} synonyms added."
        )
