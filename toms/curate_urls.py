"""Addresses under /curate/toms/."""

from django.urls import path

from toms.views.curate import (
    edit_measure,
    ending,
    framework,
    lists,
    overview,
    policy_links,
    release,
)

app_name = "curate_toms"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("measures/new/", edit_measure.new_measure, name="new_measure"),
    path("measures/<str:code>/begin/", overview.begin_version, name="begin_version"),
    path("measures/<str:code>/edit/", edit_measure.edit_measure, name="edit_measure"),
    path("measures/<str:code>/retire/", ending.retire_measure, name="retire_measure"),
    path("measures/<str:code>/withdraw/", ending.withdraw_version, name="withdraw_version"),
    path("measures/<str:code>/links/", policy_links.policy_links, name="policy_links"),
    path(
        "measures/<str:code>/links/<int:pk>/remove/",
        policy_links.remove_policy_link,
        name="remove_policy_link",
    ),
    path("lists/", lists.lists, name="lists"),
    path("lists/<slug:kind>/new/", lists.add_entry, name="add_entry"),
    path("lists/<slug:kind>/<str:code>/", lists.entry, name="entry"),
    path("lists/<slug:kind>/<str:code>/remove/", lists.remove_entry, name="remove_entry"),
    path("releases/new/", release.new_release, name="new_release"),
    path("releases/<slug:slug>/", release.release, name="release"),
    path("releases/<slug:slug>/words/", release.reword_release, name="reword_release"),
    path("releases/<slug:slug>/open/", release.open_for_comment, name="open_for_comment"),
    path("releases/<slug:slug>/adopt/", release.adopt, name="adopt"),
    path("themes/", framework.themes, name="themes"),
    path("themes/<str:code>/", framework.theme, name="theme"),
    path("outcomes/<str:code>/", framework.outcome, name="outcome"),
]
