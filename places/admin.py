"""The stock admin of places: to look things up. Figures change by ``load_places``, not by hand."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from places import lookup
from places.models import Postcode, PostcodeSector, Ward

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # generic for the type checker alone
    Base = admin.ModelAdmin


class ReadOnlyAdmin(Base):
    """Nobody adds, changes or deletes; who may view is the model's ``view`` permission."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Ward)
class WardAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "former", "latitude", "longitude"]
    search_fields = ["name", "code"]
    # The outline is thousands of numbers; no list and no page needs them.
    fields = ["code", "name", "former_codes", "latitude", "longitude"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("outline")

    @admin.display(description="former codes")
    def former(self, ward: Ward) -> str:
        return ", ".join(ward.former_codes)


class ByPostcodeAdmin(ReadOnlyAdmin):
    """Searched by a postcode or the first part of one, written as people write it."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        try:
            typed = lookup.parse(search_term)
        except lookup.PostcodeError:
            return queryset.none(), False
        start = typed.text + (" " if typed.precision == "district" else "")
        # The key's pattern index serves a search by the start, in millions of rows.
        return queryset.filter(pk__startswith=start), False


@admin.register(PostcodeSector)
class PostcodeSectorAdmin(ByPostcodeAdmin):
    list_display = ["code", "main_ward", "postcodes_in_leeds", "postcodes_all", "postcodes_in_mean"]
    search_fields = ["code"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sectors = super().get_queryset(request).select_related("main_ward")
        return sectors.defer("main_ward__outline")


@admin.register(Postcode)
class PostcodeAdmin(ByPostcodeAdmin):
    list_display = ["unit", "ward", "latitude", "longitude"]
    search_fields = ["unit"]
    list_max_show_all = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("ward").defer("ward__outline")
