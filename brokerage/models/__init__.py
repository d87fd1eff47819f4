"""Kinds, needs and offers, the limits of both sides, and exchanges."""

from brokerage.models.calendar_key import CalendarKey
from brokerage.models.capacity import Blackout, HostCapacity, HostMonth, ReleasedHours
from brokerage.models.choices import Access, Cause, Mode, Requirement, Side
from brokerage.models.event import ExchangeEvent
from brokerage.models.exchange import Contact, Exchange, HeldHours
from brokerage.models.gate import Gate
from brokerage.models.helper import Helper
from brokerage.models.index import (
    NoticeBitmap,
    NoticeCard,
    NoticeIndexRow,
    NoticeText,
    NoticeValue,
    NoticeWord,
)
from brokerage.models.kind import Kind, Skill
from brokerage.models.notice import Notice, NoticeSkill
from brokerage.models.rate import HourlyRate
from brokerage.models.result import Actual, Feedback, VerifierLink
from brokerage.models.version import ExchangeVersion

__all__ = [
    "Access",
    "Actual",
    "Blackout",
    "CalendarKey",
    "Cause",
    "Contact",
    "Exchange",
    "ExchangeEvent",
    "ExchangeVersion",
    "Feedback",
    "Gate",
    "HeldHours",
    "Helper",
    "HostCapacity",
    "HostMonth",
    "HourlyRate",
    "Kind",
    "Mode",
    "Notice",
    "NoticeBitmap",
    "NoticeCard",
    "NoticeIndexRow",
    "NoticeSkill",
    "NoticeText",
    "NoticeValue",
    "NoticeWord",
    "ReleasedHours",
    "Requirement",
    "Side",
    "Skill",
    "VerifierLink",
]
