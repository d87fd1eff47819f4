"""Moving everything of one organisation to another, when a curator makes one of two."""

from accounts.models import Organisation
from buying.models import (
    BlockedAsker,
    BuyingRules,
    Choice,
    ChoiceVersion,
    Considered,
    Enquiry,
    PurchaseFile,
    PurchaseLine,
    Recipient,
)


def move_to(keep: Organisation, gone: Organisation) -> None:
    """In the merge's transaction. Where both have rules, those of ``keep`` stand; where one enquiry
    asked both, it still has both conversations, the other one under its name alone.
    """
    Enquiry.objects.filter(organisation=gone).update(organisation=keep)
    _move_recipients(keep, gone)
    _move_blocks(keep, gone)
    if BuyingRules.objects.filter(organisation=keep).exists():
        BuyingRules.objects.filter(organisation=gone).delete()
    else:
        BuyingRules.objects.filter(organisation=gone).update(organisation=keep)
    _move_choices(keep, gone)
    _move_files(keep, gone)
    ChoiceVersion.objects.filter(supplier=gone).update(supplier=keep)
    Considered.objects.filter(organisation=gone).update(organisation=keep)
    PurchaseLine.objects.filter(supplier=gone).update(supplier=keep)


def _move_recipients(keep: Organisation, gone: Organisation) -> None:
    asked = Recipient.objects.filter(organisation=keep).values("enquiry")
    of_gone = Recipient.objects.filter(organisation=gone)
    of_gone.exclude(enquiry__in=asked).update(organisation=keep)
    of_gone.update(organisation=None)


def _move_blocks(keep: Organisation, gone: Organisation) -> None:
    blocked = {who.lower() for who in keep.blocked_askers.values_list("who", flat=True)}
    for row in BlockedAsker.objects.filter(organisation=gone):
        if row.who.lower() in blocked:
            row.delete()
        else:
            row.organisation = keep
            row.save(update_fields=["organisation"])


def _move_choices(keep: Organisation, gone: Organisation) -> None:
    """A reference that both used becomes the second one's no more: each record stays."""
    used = set(keep.choices.exclude(own_reference="").values_list("own_reference", flat=True))
    Choice.objects.filter(organisation=gone, own_reference__in=used).update(own_reference="")
    Choice.objects.filter(organisation=gone).update(organisation=keep)


def _move_files(keep: Organisation, gone: Organisation) -> None:
    uploaded = keep.purchase_files.values("digest")
    PurchaseFile.objects.filter(organisation=gone, digest__in=uploaded).delete()
    PurchaseFile.objects.filter(organisation=gone).update(organisation=keep)
