"""Rows of the buying app for tests: each function saves the smallest valid one."""

import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from buying.models import (
    BlockedAsker,
    BuyingRules,
    Choice,
    ChoiceVersion,
    Considered,
    Enquiry,
    Message,
    Preference,
    PurchaseFile,
    PurchaseLine,
    Recipient,
    Threshold,
)
from providers.models import Listing
from tests.factories import make_listing, make_organisation

_numbers = count(1)


def make_enquiry(**fields: Any) -> Enquiry:
    """One that was sent now and waits for answers; it has no recipients yet."""
    number, now = next(_numbers), timezone.now()
    values = {
        "name": "Sam Buyer",
        "email": f"asker{number}@example.org",
        "title": "Lunch for thirty",
        "what": "A cold lunch with something for vegans.",
        "answer_by": timezone.localdate() + datetime.timedelta(days=7),
        "state": Enquiry.State.OPEN,
        **fields,
    }
    if values["state"] != Enquiry.State.UNCONFIRMED:
        values = {"reference": f"E-{number:05}", "sent_at": now, **values}
    if values["state"] not in {Enquiry.State.UNCONFIRMED, Enquiry.State.OPEN}:
        values = {"ended_at": now, **values}
    return Enquiry.objects.create(**values)


def make_recipient(
    enquiry: Enquiry | None = None, listing: Listing | None = None, **fields: Any
) -> Recipient:
    """A provider that was asked about an offer of its own; both are new unless they are given."""
    enquiry, listing = enquiry or make_enquiry(), listing or make_listing()
    values = {
        "position": enquiry.recipients.count() + 1,
        "organisation": listing.organisation,
        "title": listing.title,
        "organisation_name": listing.organisation.name,
        **fields,
    }
    return Recipient.objects.create(enquiry=enquiry, listing=listing, **values)


def make_message(recipient: Recipient, **fields: Any) -> Message:
    """Something that the provider asks."""
    values = {
        "by": Message.By.PROVIDER,
        "kind": Message.Kind.QUESTION,
        "text": "Which day is it?",
        **fields,
    }
    return Message.objects.create(recipient=recipient, **values)


def make_answer(recipient: Recipient, *, yes: bool = True, **fields: Any) -> Message:
    """The yes (for 240 pounds) or no that stands."""
    values: dict[str, Any] = (
        {"kind": Message.Kind.YES, "price": Decimal("240.00"), "text": "Delivery is in it."}
        if yes
        else {"kind": Message.Kind.NO, "reason": Message.Reason.BUSY, "text": ""}
    )
    message = make_message(recipient, **{**values, **fields})
    recipient.answer = message
    recipient.first_answer_at = recipient.first_answer_at or message.created
    recipient.save(update_fields=["answer", "first_answer_at"])
    return message


def make_blocked_asker(who: str = "", **fields: Any) -> BlockedAsker:
    return BlockedAsker.objects.create(who=who or f"blocked{next(_numbers)}@example.org", **fields)


def make_rules(organisation: Organisation | None = None, **fields: Any) -> BuyingRules:
    """One line: up to 500 pounds, ask two; and one preference."""
    rules = BuyingRules.objects.create(organisation=organisation or make_organisation(), **fields)
    Threshold.objects.create(rules=rules, up_to=Decimal(500), ask=2)
    Preference.objects.create(rules=rules, position=1, words="Somebody local")
    return rules


def make_choice(organisation: Organisation | None = None, **fields: Any) -> Choice:
    """A choice of which nothing is written down yet."""
    values = {"reference": f"C-{next(_numbers):05}", **fields}
    return Choice.objects.create(organisation=organisation or make_organisation(), **values)


def make_version(choice: Choice | None = None, **fields: Any) -> ChoiceVersion:
    """A draft of a lunch for 240 pounds."""
    choice = choice or make_choice()
    number = choice.versions.count() + 1
    values = {
        "number": number,
        "what": "Lunch for thirty",
        "amount": Decimal("240.00"),
        "decided_on": timezone.localdate(),
        "supplier_name": "Burley Hall",
        "reason": "The best for the money.",
        "conflict": ChoiceVersion.Conflict.NONE,
        "correction": "The bill came." if number > 1 else "",
        **fields,
    }
    return ChoiceVersion.objects.create(choice=choice, **values)


def make_filed(choice: Choice | None = None, **fields: Any) -> ChoiceVersion:
    """A filed version, which stands."""
    version = make_version(choice, **fields)
    version.choice.versions.filter(stands=True).update(stands=False)
    version.filed_at, version.stands = timezone.now(), True
    version.save(update_fields=["filed_at", "stands"])
    return version


def make_considered(version: ChoiceVersion, **fields: Any) -> Considered:
    """A provider that was considered in a draft."""
    values = {"position": version.considered.count() + 1, "name": "Burley Hall", **fields}
    return Considered.objects.create(version=version, **values)


def make_purchase_file(organisation: Organisation | None = None, **fields: Any) -> PurchaseFile:
    values = {"name": "purchases.csv", "digest": f"{next(_numbers):064}", **fields}
    return PurchaseFile.objects.create(organisation=organisation or make_organisation(), **values)


def make_purchase_line(file: PurchaseFile, **fields: Any) -> PurchaseLine:
    return PurchaseLine.objects.create(
        file=file,
        **{"line": file.lines.count() + 2, "values": {"supplier": "Burley Hall"}, **fields},
    )
