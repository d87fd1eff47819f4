"""Asking providers, choosing one, recording how, and the rules that a buyer follows."""

from buying.models.blocked_asker import BlockedAsker
from buying.models.choice import Choice, ChoiceVersion, ClaimThen, Considered
from buying.models.enquiry import Enquiry, Message, Recipient
from buying.models.purchase_file import PurchaseFile, PurchaseLine
from buying.models.rules import BuyingRules, Preference, Threshold

__all__ = [
    "BlockedAsker",
    "BuyingRules",
    "Choice",
    "ChoiceVersion",
    "ClaimThen",
    "Considered",
    "Enquiry",
    "Message",
    "Preference",
    "PurchaseFile",
    "PurchaseLine",
    "Recipient",
    "Threshold",
]
