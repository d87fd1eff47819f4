"""The stock admin of the provider list, for staff to repair what no page can.

Whatever is saved or deleted here reaches the search index in the same transaction.
"""

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import resolve, reverse

from accounts.admin import AnyForm, AuditedAdmin, actor_key
from accounts.models import AuditEvent, FormerSlug, Identifier, Organisation
from accounts.services.place import place_organisation
from places.admin import ReadOnlyAdmin
from places.distance import Point
from places.lookup import PostcodeError, parse_unit
from providers import listing_index
from providers.models import (
    Claim,
    EmptySearch,
    EntryRequest,
    Listing,
    ListingChange,
    NotDouble,
    Photo,
    ProblemReport,
    RegisterEntry,
    Registration,
    Synonym,
    Term,
)
from providers.services.problem import resolve_problems

if TYPE_CHECKING:  # generic for the type checker alone
    Inline = admin.TabularInline[Any, Organisation]
    OrganisationModelForm = forms.ModelForm[Organisation]
    ListingModelForm = forms.ModelForm[Listing]
else:
    Inline = admin.TabularInline
    OrganisationModelForm = ListingModelForm = forms.ModelForm


class IndexedAdmin(AuditedAdmin):
    """Brings the search index up to date once, last, with every listing that a change touched."""

    @abstractmethod
    def touched(self, objects: Iterable[Any], form: AnyForm | None = None) -> set[int]:
        """Ids of the listings that show any of the objects, before or after the form's change."""

    def refresh(self, listing_ids: set[int]) -> None:
        listing_index.refresh(listing_ids)

    def save_related(
        self, request: HttpRequest, form: AnyForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        self.refresh(self.touched([form.instance], form))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        touched = self.touched([obj])
        super().delete_model(request, obj)
        self.refresh(touched)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            touched = self.touched(queryset)
            super().delete_queryset(request, queryset)
            self.refresh(touched)


def listings_of(organisation_ids: Iterable[int | None]) -> set[int]:
    """Ids of every listing of these organisations."""
    listings = Listing.objects.filter(organisation__in={pk for pk in organisation_ids if pk})
    return set(listings.values_list("pk", flat=True))


# -- Organisations ----------------------------------------------------------------------------
class OrganisationForm(OrganisationModelForm):
    class Meta:
        model = Organisation
        fields = "__all__"

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        others = FormerSlug.objects.filter(slug=slug).exclude(organisation=self.instance.pk)
        if others.exists():
            raise ValidationError("Another organisation once had this address; it redirects there.")
        return free_address(slug, "providers:organisation", [slug])

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"]
        try:
            return parse_unit(postcode) if postcode else ""
        except PostcodeError as error:
            raise ValidationError(str(error)) from error


def free_address(slug: str, view: str, parts: list[str]) -> str:
    """The slug, unless another page of the site would stand in front of it."""
    if resolve(reverse(view, args=parts)).view_name != view:
        raise ValidationError("A page of the site has this address. Choose another.")
    return slug


class IdentifierInline(Inline):
    model = Identifier
    extra = 0
    autocomplete_fields = ["checked_by"]


class ClaimInline(Inline):
    """A claim is withdrawn by its date, not deleted: what was once said stays known."""

    model = Claim
    extra = 0
    can_delete = False
    autocomplete_fields = ["term", "checked_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("term")


class FormerSlugInline(Inline):
    """Written when the slug changes; a former address redirects for ever."""

    model = FormerSlug
    extra = 0
    can_delete = False
    fields = ["slug"]
    readonly_fields = ["slug"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RegisterEntryInline(Inline):
    model = RegisterEntry
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ["source", "external_id", "source_date", "claimed_at", "removed_at"]
    readonly_fields = ["source", "external_id", "source_date"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(IndexedAdmin):
    form = OrganisationForm
    inlines = [IdentifierInline, ClaimInline, RegisterEntryInline, FormerSlugInline]
    list_display = ["name", "sector", "legal_form", "postcode", "ward", "trusted", "is_example"]
    list_select_related = ["ward"]
    list_filter = ["sector", "legal_form", "trusted", "is_example"]
    search_fields = ["name", "slug", "identifiers__value"]
    autocomplete_fields = ["ward"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["public_latitude", "public_longitude", "created", "modified"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "sector", "legal_form", "size_band", "summary"]}),
        ("Contact", {"fields": ["contact_name", "email", "phone", "website"]}),
        (
            "Place",
            {
                "fields": [
                    "address",
                    "postcode",
                    "address_public",
                    "ward",
                    "latitude",
                    "longitude",
                    "public_latitude",
                    "public_longitude",
                ],
                "description": "A new postcode finds ward and point anew, unless you give them "
                "yourself. The public point is what visitors see.",
            },
        ),
        ("For the record", {"fields": ["trusted", "is_example", "created", "modified"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("ward__outline")

    def save_model(
        self, request: HttpRequest, obj: Organisation, form: AnyForm, change: bool
    ) -> None:
        place_if_moved(obj, set(form.changed_data))
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            # It may have gone back to an address that it once had.
            FormerSlug.objects.filter(slug=obj.slug, organisation=obj).delete()
            FormerSlug.objects.create(slug=form.initial["slug"], organisation=obj)

    def touched(self, objects: Iterable[Any], form: AnyForm | None = None) -> set[int]:
        return listings_of(organisation.pk for organisation in objects)


def place_if_moved(organisation: Organisation, changed: set[str]) -> None:
    """Find ward and points anew where the form changed what they hang on.

    A point that staff have typed goes before the postcode's own, and so does a ward. Where only
    ``address_public`` was switched the point stays, as it may have come from a register.
    """
    if not changed & {"postcode", "address_public", "latitude", "longitude"}:
        return
    exact = None
    if organisation.latitude is not None and organisation.longitude is not None:
        exact = Point(organisation.latitude, organisation.longitude)
    typed = bool(changed & {"latitude", "longitude"})
    ward = organisation.ward
    place_organisation(organisation, exact=exact if typed or "postcode" not in changed else None)
    if "ward" in changed:
        organisation.ward = ward


# -- Listings ---------------------------------------------------------------------------------
class ListingForm(ListingModelForm):
    class Meta:
        model = Listing
        fields = "__all__"

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        return free_address(slug, "providers:listing", ["any", slug])


@admin.register(Listing)
class ListingAdmin(IndexedAdmin):
    form = ListingForm
    list_display = ["title", "organisation", "state", "origin", "confirmed_at"]
    list_select_related = ["organisation"]
    list_filter = ["state", "origin", "organisation__is_example"]
    search_fields = ["title", "organisation__name", "organisation__identifiers__value"]
    autocomplete_fields = ["organisation", "categories", "access_features", "delivery_wards"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["created", "modified"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A listing has no former addresses, so its slug stays once it has been published."""
        public = obj is not None and obj.published_at is not None
        return [*self.readonly_fields, "slug"] if public else [*self.readonly_fields]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if "slug" in self.get_readonly_fields(request, obj) else {"slug": ["title"]}

    def touched(self, objects: Iterable[Any], form: AnyForm | None = None) -> set[int]:
        return {listing.pk for listing in objects}


@admin.register(RegisterEntry)
class RegisterEntryAdmin(IndexedAdmin):
    list_display = ["external_id", "source", "organisation", "source_date", "removed_at"]
    list_select_related = ["organisation"]
    list_filter = ["source", ("removed_at", admin.EmptyFieldListFilter)]
    search_fields = ["=external_id", "organisation__name"]
    autocomplete_fields = ["organisation", "listing"]
    readonly_fields = ["facts", "imported_at"]

    def touched(self, objects: Iterable[Any], form: AnyForm | None = None) -> set[int]:
        before = form.initial.get("listing") if form else None
        return {pk for pk in [before, *(entry.listing_id for entry in objects)] if pk}


@admin.register(Claim)
class ClaimAdmin(IndexedAdmin):
    list_display = ["organisation", "term", "level", "valid_to", "withdrawn_at"]
    list_select_related = ["organisation", "term"]
    list_filter = ["level", "term__facet", ("withdrawn_at", admin.EmptyFieldListFilter)]
    search_fields = ["organisation__name", "term__label", "reference"]
    autocomplete_fields = ["organisation", "term", "checked_by"]

    def touched(self, objects: Iterable[Any], form: AnyForm | None = None) -> set[int]:
        before = form.initial.get("organisation") if form else None
        return listings_of([before, *(claim.organisation_id for claim in objects)])


@admin.register(ListingChange)
class ListingChangeAdmin(ReadOnlyAdmin):
    """What was to be changed, decided or not. Curators decide; the admin only shows."""

    list_display = ["listing", "state", "made_by", "submitted_at", "decided_at"]
    list_select_related = ["listing", "made_by"]
    list_filter = ["state"]
    search_fields = ["listing__title", "listing__organisation__name"]
    fields = [
        "listing",
        "state",
        "made_by",
        "before",
        "values",
        "return_reason",
        "created",
        "submitted_at",
        "decided_at",
    ]


@admin.register(Photo)
class PhotoAdmin(AuditedAdmin):
    """Staff can take a picture away at once; its people add and describe them on their pages."""

    list_display = ["listing", "position", "alt", "width", "height", "created"]
    list_select_related = ["listing"]
    search_fields = ["listing__title", "listing__organisation__name", "alt"]
    fields = ["listing", "position", "alt", "width", "height", "digest", "created"]

    def record(
        self, request: HttpRequest, obj: Model, verb: str, fields: list[str] | None = None
    ) -> None:
        """In the history of its listing: of a photo that has gone nothing else is left."""
        if isinstance(obj, Photo):
            AuditEvent.record(
                verb="changed",
                target=obj.listing,
                organisation=obj.listing.organisation,
                actor_key=actor_key(request),
                fields=["photos"],
            )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("large", "small")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


# -- Vocabulary -------------------------------------------------------------------------------
class VocabularyAdmin(IndexedAdmin):
    """Terms and synonyms are read with every search, so pages must learn that they changed."""

    def refresh(self, listing_ids: set[int]) -> None:
        listing_index.touch()
        super().refresh(listing_ids)


@admin.register(Term)
class TermAdmin(VocabularyAdmin):
    """Terms are retired by ``active``, never deleted, and a code never changes."""

    list_display = ["label", "facet", "code", "parent", "position", "active"]
    list_select_related = ["parent"]
    list_filter = ["facet", "active"]
    search_fields = ["label", "code"]
    autocomplete_fields = ["parent"]
    readonly_fields = ["successor"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, *(["facet", "code"] if obj else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def touched(self, objects: Iterable[Any], form: AnyForm | None = None) -> set[int]:
        carrying = Listing.objects.carrying([term.pk for term in objects])
        return set(carrying.values_list("pk", flat=True))


@admin.register(Synonym)
class SynonymAdmin(VocabularyAdmin):
    list_display = ["words"]
    search_fields = ["words", "terms__label"]
    autocomplete_fields = ["terms"]

    def touched(self, objects: Iterable[Any], form: AnyForm | None = None) -> set[int]:
        """None: synonyms are applied to what is typed, not kept with the listings."""
        return set()


# -- What visitors tell us ----------------------------------------------------------------------
@admin.register(ProblemReport)
class ProblemReportAdmin(AuditedAdmin):
    """What readers say is wrong. Staff note what they did; the report itself stays as it came."""

    list_display = ["created", "kind", "organisation", "listing", "resolved_at"]
    list_select_related = ["organisation", "listing"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), "kind"]
    search_fields = ["organisation__name", "listing__title", "text"]
    fields = [
        "kind",
        "organisation",
        "listing",
        "text",
        "email",
        "created",
        "resolution",
        "resolved_at",
    ]
    readonly_fields = ["kind", "organisation", "listing", "text", "email", "created"]
    actions = ["mark_resolved"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description="Mark as resolved", permissions=["change"])
    def mark_resolved(self, request: HttpRequest, queryset: QuerySet[ProblemReport]) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        changed = resolve_problems(report_ids=chosen, actor_key=actor_key(request))
        text = f"{changed} marked as resolved."
        if already := len(chosen) - changed:
            text += f" {already} had been resolved before."
        messages.success(request, text)


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    """Who began to list themselves, and whether their address is confirmed."""

    list_display = ["listing", "email", "link_sent_at", "email_confirmed_at", "created"]
    list_select_related = ["listing"]
    list_filter = [("email_confirmed_at", admin.EmptyFieldListFilter)]
    search_fields = ["listing__title", "listing__organisation__name", "email", "number"]
    fields = [
        "listing",
        "email",
        "user",
        "scheme",
        "number",
        "link_sent_at",
        "email_confirmed_at",
        "created",
    ]


@admin.register(EntryRequest)
class EntryRequestAdmin(ReadOnlyAdmin):
    """Who asked to act for what is here already, or to have it taken off the list."""

    list_display = ["created", "organisation", "wants", "state", "email", "decided_at"]
    list_select_related = ["organisation"]
    list_filter = ["state", "wants"]
    search_fields = ["organisation__name", "email", "name"]
    fields = [
        "organisation",
        "wants",
        "state",
        "email",
        "name",
        "text",
        "user",
        "expires_at",
        "answer",
        "decided_by",
        "created",
        "decided_at",
    ]


@admin.register(NotDouble)
class NotDoubleAdmin(AuditedAdmin):
    """Pairs that a curator told apart. Deleting one lets the queue ask about it again."""

    list_display = ["first", "second", "created"]
    list_select_related = ["first", "second"]
    search_fields = ["first__name", "second__name"]
    fields = ["first", "second", "created"]

    def record(
        self, request: HttpRequest, obj: Model, verb: str, fields: list[str] | None = None
    ) -> None:
        """In the history of both."""
        if isinstance(obj, NotDouble):
            for organisation in (obj.first, obj.second):
                AuditEvent.record(
                    verb=verb, target=obj, organisation=organisation, actor_key=actor_key(request)
                )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(EmptySearch)
class EmptySearchAdmin(ReadOnlyAdmin):
    """What people looked for and did not find, most often first."""

    list_display = ["words", "times", "first_on", "last_on"]
    search_fields = ["words"]
