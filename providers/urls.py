"""Addresses under /providers/."""

from django.urls import path

from providers.views import (
    alert,
    claim,
    compare,
    embed,
    export,
    join,
    join_resume,
    listing,
    map_data,
    organisation,
    photo,
    problem,
    search,
    shortlist,
    shortlist_add,
    shortlist_item,
    shortlist_share,
    still_right,
    words,
)
from providers.views.offers.urls import pages
from providers.views.offers.writing import registrant_door

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
    path("join/", join.join, name="join"),
    path("join/is-this-you/", join.join_is_this_you, name="join_is_this_you"),
    path("join/new-link/", join_resume.join_new_link, name="join_new_link"),
    path("join/resume/<str:token>/", join_resume.join_resume, name="join_resume"),
    path("join/<int:listing_id>/send-link/", join_resume.join_send_link, name="join_send_link"),
    path("alert/", alert.alert, name="alert"),
    path("alert/<str:token>/", alert.alert_change, name="alert_change"),
    path("alert/<str:token>/stop/", alert.alert_stop, name="alert_stop"),
    path("embed/", embed.embed_code, name="embed_code"),
    path("embed/<slug:slug>/", embed.embed, name="embed"),
    path("claims/<str:token>/", claim.claim_answer, name="claim_answer"),
    path("compare/", compare.compare, name="compare"),
    path("shortlist/", shortlist.shortlist, name="shortlist"),
    path("shortlist/add/", shortlist_add.shortlist_add, name="shortlist_add"),
    path(
        "shortlist/shared/<str:token>/", shortlist_share.shortlist_shared, name="shortlist_shared"
    ),
    path("shortlist/<int:pk>/", shortlist.shortlist_items, name="shortlist_items"),
    path("shortlist/<int:pk>/rename/", shortlist.shortlist_rename, name="shortlist_rename"),
    path("shortlist/<int:pk>/delete/", shortlist.shortlist_delete, name="shortlist_delete"),
    path("shortlist/<int:pk>/share/", shortlist_share.shortlist_share, name="shortlist_share"),
    path(
        "shortlist/<int:pk>/share/stop/",
        shortlist_share.shortlist_stop_sharing,
        name="shortlist_stop_sharing",
    ),
    path(
        "shortlist/<int:pk>/<int:item_id>/note/",
        shortlist_item.shortlist_note,
        name="shortlist_note",
    ),
    path(
        "shortlist/<int:pk>/<int:item_id>/take-off/",
        shortlist_item.shortlist_take_off,
        name="shortlist_take_off",
    ),
    path(
        "shortlist/<int:pk>/<int:item_id>/put-back/",
        shortlist_item.shortlist_put_back,
        name="shortlist_put_back",
    ),
    path("photos/<slug:digest>/<slug:size>.webp", photo.photo, name="photo"),
    *pages(registrant_door, "join/<int:pk>/", "join_", public=False),
    path("<slug:slug>/", organisation.organisation, name="organisation"),
    path("<slug:slug>/claim/", claim.claim, name="claim"),
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
