"""Django's own admin list over the listings, with the facets and counts that it can do by itself."""


from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin, ShowFacets

from providers.models import Listing

site = AdminSite(name="bench_admin")


@admin.register(Listing, site=site)
class ListingAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Twelve of the search page's thirteen facets; every option with its count."""

    list_display = ["title", "organisation", "summary", "origin"]
    list_select_related = ["organisation"]
    list_per_page = 20
    search_fields = ["title", "summary", "description", "organisation__name"]
    list_filter = [
        "categories",
        "access_features",
        "delivery_wards",
        "organisation__ward",
        "organisation__sector",
        "organisation__legal_form",
        "organisation__claims__term",
        "pricing",
        "delivery",
        "origin",
    ]
    show_facets = ShowFacets.ALWAYS
