"""What the register does when something reaches every app (see ``accounts.registry``)."""

from typing import Any

from accounts.registry import Part, Person
from toms.models import MeasureVersion, Release


class TomsPart(Part):
    """Who wrote a version and who adopted a release. Erasing a person leaves the register."""

    name = "toms"
    models = frozenset({"toms.measureversion", "toms.release"})

    def export(self, person: Person) -> dict[str, Any]:
        return {
            "Versions of measures you wrote": list(
                MeasureVersion.objects.filter(made_by=person.user)
                .order_by("pk")
                .values("measure__code", "major", "minor", "patch", "title", "created")
            ),
            "Releases you adopted": list(
                Release.objects.filter(adopted_by=person.user)
                .order_by("pk")
                .values("slug", "title", "adopted_on")
            ),
        }
