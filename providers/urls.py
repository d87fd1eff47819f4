"""Addresses under /providers/."""

from django.urls import path

from providers.views import (
    export,
    listing,
    map_data,
    organisation,
    problem,
    search,
    still_right,
    words,
)

app_name = "providers"

urlpatterns = [
    path("", search.search, name="search"),
    path("map/", search.search_map, name="map"),
    path("results.csv", export.results_csv, name="results_csv"),
    path("results.atom", export.results_atom, name="results_atom"),
    path("wards.geojson", map_data.ward_outlines, name="ward_outlines"),
    path("words/", words.words, name="words"),
    path("still-right/<str:token>/", still_right.still_right, name="still_right"),
    path("sectors.json", map_data.sectors, name="sectors"),
    path("<slug:slug>/", organisation.organisation, name="organisation"),
    path(
        "<slug:organisation_slug>/report/", problem.report_organisation, name="report_organisation"
    ),
    path("<slug:organisation_slug>/<slug:slug>/", listing.listing, name="listing"),
    path(
        "<slug:organisation_slug>/<slug:slug>/report/",
        problem.report_problem,
        name="report_problem",
    ),
]
