"""The Leeds TOMs: themes, outcomes, measures and their versions, and the releases of them."""

from toms.models.adoption import Adoption
from toms.models.comment import Comment
from toms.models.framework import Outcome, OverlapGroup, Theme, Unit
from toms.models.glossary import GlossaryTerm
from toms.models.index import (
    MeasureBitmap,
    MeasureCard,
    MeasureIndexRow,
    MeasureText,
    MeasureValue,
    MeasureWord,
)
from toms.models.measure import Measure, MeasureVersion
from toms.models.policy_link import PolicyLink
from toms.models.release import Release, ReleaseItem

__all__ = [
    "Adoption",
    "Comment",
    "GlossaryTerm",
    "Measure",
    "MeasureBitmap",
    "MeasureCard",
    "MeasureIndexRow",
    "MeasureText",
    "MeasureValue",
    "MeasureVersion",
    "MeasureWord",
    "Outcome",
    "OverlapGroup",
    "PolicyLink",
    "Release",
    "ReleaseItem",
    "Theme",
    "Unit",
]
