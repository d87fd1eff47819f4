"""Addresses under /toms/."""

from django.urls import path

from toms.views import changes, compare, fit, glossary, measure, register, releases

app_name = "toms"

urlpatterns = [
    path("", register.register, name="register"),
    path("changes/", changes.changes, name="changes"),
    path("changes.atom", changes.changes_atom, name="changes_atom"),
    path("fit/", fit.fit, name="fit"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("measures/<str:code>/", measure.measure, name="measure"),
    path("measures/<str:code>/compare/", compare.compare_versions, name="compare_versions"),
    path("measures/<str:code>/<str:number>/", measure.measure_version, name="measure_version"),
    path("releases/", releases.releases, name="releases"),
    path("releases/compare/", compare.compare_releases, name="compare_releases"),
    path("releases/<slug:slug>/", releases.release, name="release"),
    path("releases/<slug:slug>/handbook/", releases.handbook, name="handbook"),
]
