"""What each filter of the needs and offers can be set to."""

from brokerage.models import Access, Cause, Kind, Mode, Requirement, Skill
from places.models import Ward
from tslsv.ui.choices import Choice, Choices, Newest


def _read(version: int) -> Choices:
    listed = {
        "kind": Kind.objects.searched().values_list("code", "label"),
        "skill": Skill.objects.searched().order_by("label").values_list("code", "label"),
        "ward": Ward.objects.values_list("code", "name"),
        "mode": [(mode.value, mode.label) for mode in (Mode.IN_PERSON, Mode.REMOTE)],
        "cause": Cause.choices,
        "access": Access.choices,
        "requirement": Requirement.choices,
    }
    return Choices(
        version,
        {
            facet: {str(value): Choice(str(value), str(label)) for value, label in rows}
            for facet, rows in listed.items()
        },
    )


CHOICES = Newest(_read)
"""By version of the vocabulary: three queries when it has changed, else none."""
