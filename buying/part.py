"""What buying does when something reaches every app (see ``accounts.registry``)."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.registry import Panel, Part, Person, Waiting
from buying.models import (
    BlockedAsker,
    BuyingRules,
    Choice,
    ChoiceVersion,
    Enquiry,
    Message,
    PurchaseFile,
    PurchaseLine,
    Recipient,
)
from buying.models.enquiry import EnquiryQuerySet
from buying.panels import (
    buyer_panel,
    chosen_panels,
    enquiries_panel,
    reported_enquiries,
    waiting_drafts,
    waiting_enquiries,
)
from buying.services.moving import move_to

ERASED = "[removed]"


class BuyingPart(Part):
    """Enquiries and their answers, buyers' rules and choices."""

    name = "buying"
    models = frozenset(
        {
            "buying.blockedasker",
            "buying.buyingrules",
            "buying.choice",
            "buying.choiceversion",
            "buying.considered",
            "buying.enquiry",
            "buying.message",
            "buying.purchasefile",
            "buying.purchaseline",
            "buying.recipient",
        }
    )

    def panels(self, user: User, organisation: Organisation) -> list[Panel]:
        return [
            enquiries_panel(user, organisation),
            *chosen_panels(organisation),
            buyer_panel(organisation),
        ]

    def waiting(self, user: User) -> list[Waiting]:
        return [*waiting_enquiries(user), *waiting_drafts(user), *reported_enquiries(user)]

    def merge(self, *, keep: Organisation, gone: Organisation) -> None:
        move_to(keep, gone)

    def close(self, organisation: Organisation, *, actor_key: uuid.UUID) -> None:
        """Its rules are nobody's any more; its records stay, as others' sums rest on them."""
        # Links of people who act for it no longer, and it no longer can be reached.
        Recipient.objects.filter(organisation=organisation).update(link_hash=None)
        BuyingRules.objects.filter(organisation=organisation).update(
            shared=False, counts_in_city=False, modified=timezone.now()
        )
        organisation.purchase_files.all().delete()

    def export(self, person: Person) -> dict[str, Any]:
        return {
            "Enquiries you sent": list(
                _enquiries_of(person)
                .order_by("pk")
                .values(
                    "reference",
                    "state",
                    "name",
                    "email",
                    "asking_for",
                    "title",
                    "what",
                    "on_day",
                    "when",
                    "postcode",
                    "number",
                    "budget",
                    "access_needs",
                    "answer_by",
                    "created",
                )
            ),
            "What you wrote about enquiries": list(
                Message.objects.filter(
                    Q(user=person.user)
                    | Q(by=Message.By.ASKER, recipient__enquiry__in=_enquiries_of(person))
                )
                .order_by("pk")
                .values("recipient__organisation_name", "kind", "price", "text", "created")
            ),
            "Choices you began": list(
                Choice.objects.filter(made_by=person.user)
                .order_by("pk")
                .values("organisation__name", "reference", "created")
            ),
            "Choices you filed": list(
                ChoiceVersion.objects.filter(filed_by=person.user)
                .order_by("pk")
                .values("choice__organisation__name", "choice__reference", "what", "filed_at")
            ),
            "Purchases you uploaded": list(
                PurchaseFile.objects.filter(made_by=person.user)
                .order_by("pk")
                .values("organisation__name", "name", "created")
            ),
            "Matches of purchases you decided": list(
                PurchaseLine.objects.filter(decided_by=person.user)
                .order_by("pk")
                .values("file__name", "line", "is_supplier")
            ),
            "Addresses of yours that may not ask": list(
                _blocks_of(person).order_by("pk").values("who", "created")
            ),
            "Addresses you blocked": list(
                BlockedAsker.objects.filter(made_by=person.user)
                .order_by("pk")
                .values("organisation__name", "why", "created")
            ),
            "Reports you settled": list(
                Recipient.objects.filter(report_settled_by=person.user)
                .order_by("pk")
                .values("enquiry__reference", "report_settled_at")
            ),
        }

    def erase(self, person: Person) -> None:
        """Who asked goes, and the words they wrote; what a provider answered is the provider's."""
        mine = _enquiries_of(person)
        Message.objects.filter(by=Message.By.ASKER, recipient__enquiry__in=mine).update(text=ERASED)
        _blocks_of(person).delete()
        now = timezone.now()
        mine.unconfirmed().delete()
        going_on = mine.filter(state__in=[Enquiry.State.OPEN, Enquiry.State.EXPIRED])
        going_on.update(state=Enquiry.State.CLOSED, ended_at=now)
        # Last, as it is the address that they are found by.
        mine.update(
            name=ERASED,
            email="",
            title=ERASED,
            what=ERASED,
            access_needs="",
            asking_for="",
            when="",
            postcode="",
            ward=None,
            user=None,
            link_hash=None,
            start_hash=None,
        )

    def retain(self, today: datetime.date) -> int:
        """Enquiries that nobody confirmed, those long ended, and files long checked. A choice keeps
        what it needs of an enquiry in its own rows.
        """
        now = timezone.now()
        unconfirmed = Enquiry.objects.unconfirmed().filter(
            modified__lt=now - datetime.timedelta(days=settings.KEEP_UNCONFIRMED_ENQUIRIES_DAYS)
        )
        ended = Enquiry.objects.filter(
            ended_at__lt=now - datetime.timedelta(days=settings.KEEP_ENQUIRIES_DAYS)
        )
        files = PurchaseFile.objects.filter(
            modified__lt=now - datetime.timedelta(days=settings.KEEP_PURCHASE_FILES_DAYS)
        )
        return unconfirmed.delete()[0] + ended.delete()[0] + files.delete()[0]


def _enquiries_of(person: Person) -> EnquiryQuerySet:
    return Enquiry.objects.annotate(address_in=Lower("email")).filter(
        Q(address_in__in=person.addresses) | Q(user=person.user)
    )


def _blocks_of(person: Person) -> QuerySet[BlockedAsker]:
    return BlockedAsker.objects.annotate(who_in=Lower("who")).filter(who_in__in=person.addresses)
