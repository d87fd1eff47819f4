"""The stock admin of the register: to look things up. Curators have pages of their own."""

from django.contrib import admin

from places.admin import ReadOnlyAdmin
from toms.models import (
    GlossaryTerm,
    Measure,
    MeasureVersion,
    Outcome,
    OverlapGroup,
    PolicyLink,
    Release,
    ReleaseItem,
    Theme,
    Unit,
)


@admin.register(Theme, Outcome, Unit, OverlapGroup)
class CodedAdmin(ReadOnlyAdmin):
    list_display = ["code", "label"]
    search_fields = ["code", "label"]


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ["code", "outcome"]
    list_select_related = ["outcome"]
    search_fields = ["code"]


@admin.register(MeasureVersion)
class MeasureVersionAdmin(ReadOnlyAdmin):
    list_display = ["measure", "number", "title", "state", "adopted_on"]
    list_filter = ["state"]
    list_select_related = ["measure"]
    search_fields = ["measure__code", "title"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["title", "slug", "state", "adopted_on"]


@admin.register(ReleaseItem)
class ReleaseItemAdmin(ReadOnlyAdmin):
    list_display = ["release", "version", "position"]
    list_filter = ["release"]
    list_select_related = ["release", "version"]


@admin.register(PolicyLink)
class PolicyLinkAdmin(ReadOnlyAdmin):
    list_display = ["measure", "framework", "framework_name", "code", "match"]
    list_filter = ["framework"]
    list_select_related = ["measure"]


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(ReadOnlyAdmin):
    list_display = ["words", "slug"]
    search_fields = ["words", "meaning"]
