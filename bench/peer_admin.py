"""Django's own admin list over the listings, with the facets and counts that it has itself."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin, ShowFacets

from accounts.models import User
from bench.queries import Query
from providers.models import Listing, Term
from tests.signing_in import signed_in

site = AdminSite(name="bench_admin")


@admin.register(Listing, site=site)
class ListingAdmin(ModelAdmin):  # type: ignore[type-arg]
    """The search page's facets as the admin can have them; every option with its count."""

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


_LOOKUPS = {
    "ward": "organisation__ward__code__exact",
    "delivers_to": "delivery_wards__code__exact",
    "sector": "organisation__sector__exact",
    "legal_form": "organisation__legal_form__exact",
    "origin": "origin__exact",
    "category": "categories__id__exact",
    "access": "access_features__id__exact",
    "ethos": "organisation__claims__term__id__exact",
    "edi_led": "organisation__claims__term__id__exact",
    "edi_serves": "organisation__claims__term__id__exact",
    "accreditation": "organisation__claims__term__id__exact",
}
_TERMS = ("category", "access", "ethos", "edi_led", "edi_serves", "accreditation")


def address(query: Query) -> str:
    """The same search as far as the stock admin can say it: one value a facet, plain words."""
    parameters: dict[str, str] = {}
    for facet, lookup in _LOOKUPS.items():
        for value in query.values(facet)[:1]:
            is_term = facet in _TERMS
            parameters[lookup] = (
                str(Term.objects.get(facet=facet, code=value).pk) if is_term else value
            )
    for words in query.values("q"):
        parameters["q"] = words.replace(" -", " ").replace(" or ", " ")
    if query.page > 1:
        parameters["p"] = str(query.page)
    return f"/bench/admin/providers/listing/?{urlencode(parameters)}"


def sign_in() -> dict[str, str]:
    """Headers of a superuser's browser."""
    user, _ = User.objects.get_or_create(
        email="bench@example.org", defaults={"is_staff": True, "is_superuser": True}
    )
    name = settings.SESSION_COOKIE_NAME
    return {"Cookie": f"{name}={signed_in(user).cookies[name].value}"}
