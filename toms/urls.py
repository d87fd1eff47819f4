"""Addresses under /toms/."""

from django.urls import path

from toms.views import (
    comment,
    consultation,
    fit,
    glossary,
    measure,
    register,
    releases,
    used_by,
)

app_name = "toms"

urlpatterns = [
    path("", register.register, name="register"),
    path("fit/", fit.fit, name="fit"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("measures/<str:code>/", measure.measure, name="measure"),
    path("measures/<str:code>/<str:number>/", measure.measure_version, name="measure_version"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<slug:slug>/", releases.release, name="release"),
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
