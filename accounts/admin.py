"""The stock admin of people and of the audit, and how every admin of ours writes to the audit.

The admin is for staff to repair what no page can. An organisation's own admin is in
``providers.admin``: it shows claims and register entries, which this app knows nothing of.
"""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.forms import UserChangeForm as StockUserChangeForm
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import AuditEvent, Organisation, User
from accounts.services import people
from places.admin import ReadOnlyAdmin

if TYPE_CHECKING:  # generic for the type checker alone
    Base = admin.ModelAdmin[Any]
    UserBase = StockUserAdmin[User]
    CreationForm = AdminUserCreationForm[User]
    ChangeForm = StockUserChangeForm[User]
else:
    Base = admin.ModelAdmin
    UserBase = StockUserAdmin
    CreationForm = AdminUserCreationForm
    ChangeForm = StockUserChangeForm

type AnyForm = "forms.ModelForm[Any]"


class AuditedAdmin(Base):
    """Every row that staff add, change or delete leaves an AuditEvent in the same transaction."""

    def save_related(
        self, request: HttpRequest, form: AnyForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        fields = [*form.changed_data, *(rows.prefix for rows in formsets if rows.has_changed())]
        if fields or not change:
            self.record(request, form.instance, "changed" if change else "added", fields)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.record(request, obj, "deleted")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        # Unlike the page that deletes one row, Django's bulk action opens no transaction.
        with transaction.atomic():
            for obj in queryset:
                self.record(request, obj, "deleted")
            super().delete_queryset(request, queryset)

    def record(
        self, request: HttpRequest, obj: Model, verb: str, fields: list[str] | None = None
    ) -> None:
        """Write the event: names of fields, never what is in them."""
        AuditEvent.record(
            verb=verb,
            target=obj,
            organisation=obj
            if isinstance(obj, Organisation)
            else getattr(obj, "organisation", None),
            actor_key=actor_key(request),
            fields=fields,
        )


def actor_key(request: HttpRequest) -> uuid.UUID | None:
    """The key by which the audit knows whoever is signed in."""
    return request.user.audit_key if isinstance(request.user, User) else None


class UserCreationForm(CreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class UserChangeForm(ChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(AuditedAdmin, UserBase):
    """People sign in by email, so there is no username here."""

    form = UserChangeForm
    add_form = UserCreationForm
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined", "audit_key"]
    actions = ["take_away_second_factors"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (
            "What they may do",
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        ("For the record", {"fields": ["last_login", "date_joined", "audit_key"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "usable_password", "password1", "password2"]}),
    ]

    def save_model(self, request: HttpRequest, obj: User, form: AnyForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            people.match_addresses(user=obj)

    @admin.action(description="Take away second factors, for people who lost theirs")
    def take_away_second_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        done = [
            people.take_away_second_factors(user=user, actor_key=actor_key(request))
            for user in queryset
        ]
        messages.success(request, f"Second factors taken away from {sum(done)} people.")

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 (the stock view's name)
        form_url: str = "",
    ) -> HttpResponse:
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and isinstance(response, HttpResponseRedirect):
                self.record(request, User.objects.get(pk=id), "changed", ["password"])
        return response


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """What was done. The database itself refuses any change to it."""

    list_display = ["at", "verb", "object_type", "object_id", "organisation", "actor_key"]
    list_select_related = ["organisation"]
    list_filter = ["verb", "object_type"]
    search_fields = ["=object_id", "=actor_key", "organisation__name"]
    date_hierarchy = "at"
