"""The stock admin of mail: whether it went, and a second go for what was given up.

It never shows the words: who may look after mail may not thereby read sign-in codes.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from tslsv.mail.models import OutgoingMail
from tslsv.mail.outbox import NotGivenUp, send_again

if TYPE_CHECKING:
    Base = admin.ModelAdmin[OutgoingMail]
else:  # generic for the type checker alone
    Base = admin.ModelAdmin


@admin.register(OutgoingMail)
class OutgoingMailAdmin(Base):
    """Read-only; "send again" asks for the model's ``change`` permission."""

    list_display = ["reference", "to", "template", "queued_at", "sent_at", "given_up_at"]
    list_filter = [
        ("given_up_at", admin.EmptyFieldListFilter),
        ("sent_at", admin.EmptyFieldListFilter),
        "template",
    ]
    search_fields = ["=reference", "=to"]
    fields = [
        "reference",
        "to",
        "template",
        "secret",
        "queued_at",
        "sent_at",
        "attempts",
        "next_attempt_at",
        "last_error",
        "given_up_at",
    ]
    actions = ["send_again"]
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return super().get_queryset(request).defer("subject", "text", "html")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Asked by the action below."""
        return request.user.has_perm("mail.change_outgoingmail")

    @admin.action(description="Send again what was given up", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        again = 0
        for mail in queryset:
            try:
                send_again(mail=mail)
            except NotGivenUp:
                self.message_user(
                    request,
                    f"{mail.reference} was sent, still waits, or has no words left to send.",
                    messages.WARNING,
                )
            else:
                self.log_change(request, mail, "Sent again.")
                again += 1
        if again:
            self.message_user(request, f"Mails queued again: {again}.", messages.SUCCESS)
