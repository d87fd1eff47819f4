"""Putting a new organisation on the list without an account."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models.invitation import hash_of, new_token
from providers.models import Registration
from tslsv.mail.links import absolute
from tslsv.mail.outbox import queue_mail


@transaction.atomic
def send_link(*, registration: Registration) -> None:
    """Mail the link that proves the address and lets its reader go on; an older link dies.

    Nothing happens while no address is known, or once it is confirmed.
    """
    now = Registration.objects.select_for_update().get(pk=registration.pk)
    if not now.email or now.email_confirmed_at is not None:
        return
    token = new_token()
    now.link_hash, now.link_sent_at = hash_of(token), timezone.now()
    now.save(update_fields=["link_hash", "link_sent_at", "modified"])
    queue_mail(
        to=now.email,
        template="registration_link",
        context={
            "listing": now.listing,
            "organisation": now.listing.organisation,
            "url": absolute(reverse("providers:join_resume", args=[token])),
        },
        secret=True,
    )
