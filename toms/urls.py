"""Addresses under /toms/."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from toms.exchange import skos
from toms.views import (
    changes,
    comment,
    compare,
    consultation,
    fit,
    glossary,
    linked_data,
    measure,
    measures_csv,
    register,
    releases,
    used_by,
)

app_name = "toms"


class LinkedFormat(StringConverter):
    """How the name of a file of linked data ends."""

    regex = "|".join(skos.FORMATS)


register_converter(LinkedFormat, "linked")

urlpatterns = [
    path("", register.register, name="register"),
    path("changes/", changes.changes, name="changes"),
    path("changes.atom", changes.changes_atom, name="changes_atom"),
    path("fit/", fit.fit, name="fit"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("register.<linked:ending>", linked_data.register_linked, name="register_linked"),
    path("measures.csv", measures_csv.measures_csv, name="measures_csv"),
    path("measures/<str:code>.<linked:ending>", linked_data.measure_linked, name="measure_linked"),
    path("measures/<str:code>/", measure.measure, name="measure"),
    path("measures/<str:code>/compare/", compare.compare_versions, name="compare_versions"),
    path("measures/<str:code>/<str:number>/", measure.measure_version, name="measure_version"),
    path("releases/", releases.releases, name="releases"),
    path("releases/compare/", compare.compare_releases, name="compare_releases"),
    path("releases/<slug:slug>/", releases.release, name="release"),
    path("releases/<slug:slug>.<linked:ending>", linked_data.release_linked, name="release_linked"),
    path("releases/<slug:slug>/measures.csv", measures_csv.release_csv, name="release_csv"),
    path("releases/<slug:slug>/handbook/", releases.handbook, name="handbook"),
    path("releases/<slug:slug>/consultation/", consultation.consultation, name="consultation"),
    path("releases/<slug:slug>/consultation/comment/", comment.comment, name="comment"),
    path(
        "releases/<slug:slug>/consultation/report/",
        consultation.consultation_report,
        name="consultation_report",
    ),
    path(
        "releases/<slug:slug>/consultation/report.csv",
        consultation.consultation_report_csv,
        name="consultation_report_csv",
    ),
    path("comments/<str:token>/", comment.comment_confirm, name="comment_confirm"),
    path("releases/<slug:slug>/used-by/", used_by.used_by, name="used_by"),
    path("releases/<slug:slug>/badge.svg", used_by.badge, name="badge"),
]
