"""Addresses under /curate/."""

from django.urls import path

from providers.views.curate import audit, figures, synonyms, vocabulary
from providers.views.curate.double import double
from providers.views.curate.edit import edit
from providers.views.curate.entry_request import entry_request
from providers.views.curate.expiring import expiring
from providers.views.curate.listing import listing, unpublish
from providers.views.curate.organisation import (
    add_identifier,
    check_identifier,
    invite_owner,
    organisation,
    organisations,
    switch_host,
    trust,
)
from providers.views.curate.problem import problem
from providers.views.curate.proof import proof
from providers.views.curate.queue import queue
from providers.views.curate.telephone import telephone, write_for_them
from providers.views.curate.unconfirmed import unconfirmed
from providers.views.offers.urls import pages
from providers.views.offers.writing import curator_door

app_name = "curate"

urlpatterns = [
    path("", queue, name="queue"),
    path("listings/<int:pk>/", listing, name="listing"),
    path("listings/<int:pk>/unpublish/", unpublish, name="unpublish"),
    path("edits/<int:pk>/", edit, name="edit"),
    path("requests/<int:pk>/", entry_request, name="entry_request"),
    path("proofs/<int:pk>/", proof, name="proof"),
    path("problems/<int:pk>/", problem, name="problem"),
    path("expiring/<int:pk>/", expiring, name="expiring"),
    path("unconfirmed/<int:pk>/", unconfirmed, name="unconfirmed"),
    path("doubles/<int:one>/<int:other>/", double, name="double"),
    path("organisations/", organisations, name="organisations"),
    path("organisations/<int:pk>/", organisation, name="organisation"),
    path("organisations/<int:pk>/trust/", trust, name="trust"),
    path("organisations/<int:pk>/numbers/", add_identifier, name="add_identifier"),
    path(
        "organisations/<int:pk>/numbers/<int:identifier_id>/check/",
        check_identifier,
        name="check_identifier",
    ),
    path("organisations/<int:pk>/websites/<int:host_id>/switch/", switch_host, name="switch_host"),
    path("organisations/<int:pk>/owner/", invite_owner, name="invite_owner"),
    path("organisations/<int:pk>/offer/", write_for_them, name="write_for_them"),
    path("telephone/", telephone, name="telephone"),
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
