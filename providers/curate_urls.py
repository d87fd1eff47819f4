"""Addresses under /curate/."""

from django.urls import path

from providers.views.curate import audit, figures, synonyms, vocabulary
from providers.views.offers.urls import pages
from providers.views.offers.writing import curator_door

app_name = "curate"

urlpatterns = [
    # What a curator takes down for somebody on the telephone: the pages of its provider.
    *pages(curator_door, "offers/<int:pk>/", "write_"),
    path("vocabulary/", vocabulary.vocabulary, name="vocabulary"),
    path("vocabulary/terms/new/", vocabulary.new_term, name="new_term"),
    path("vocabulary/terms/<int:term_id>/", vocabulary.term, name="term"),
    path("vocabulary/terms/<int:term_id>/move/", vocabulary.move_term, name="move_term"),
    path("vocabulary/terms/<int:term_id>/retire/", vocabulary.retire_term, name="retire_term"),
    path(
        "vocabulary/terms/<int:term_id>/bring-back/",
        vocabulary.bring_back_term,
        name="bring_back_term",
    ),
    path("vocabulary/terms/<int:term_id>/merge/", vocabulary.merge_term, name="merge_term"),
    path("vocabulary/synonyms/", synonyms.synonyms, name="synonyms"),
    path("vocabulary/synonyms/new/", synonyms.new_synonym, name="new_synonym"),
    path("vocabulary/synonyms/<int:synonym_id>/", synonyms.synonym, name="synonym"),
    path(
        "vocabulary/synonyms/<int:synonym_id>/remove/",
        synonyms.remove_synonym,
        name="remove_synonym",
    ),
    path("organisations/<int:pk>/audit/", audit.organisation_audit, name="organisation_audit"),
    path("listings/<int:pk>/audit/", audit.listing_audit, name="listing_audit"),
    path("figures/", figures.figures, name="figures"),
    path("figures.csv", figures.figures_csv, name="figures_csv"),
]
