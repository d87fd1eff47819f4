"""Addresses under /toms/."""

from django.urls import path

from toms.views import fit, glossary, measure, measures_csv, register, releases

app_name = "toms"

urlpatterns = [
    path("", register.register, name="register"),
    path("fit/", fit.fit, name="fit"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("measures.csv", measures_csv.measures_csv, name="measures_csv"),
    path("measures/<str:code>/", measure.measure, name="measure"),
    path("measures/<str:code>/<str:number>/", measure.measure_version, name="measure_version"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<slug:slug>/", releases.release, name="release"),
    path("releases/<slug:slug>/measures.csv", measures_csv.release_csv, name="release_csv"),
    path("releases/<slug:slug>/handbook/", releases.handbook, name="handbook"),
]
