"""Addresses under /broker/."""

from django.urls import path

from brokerage.views.broker.queue import check_notice, queue
from brokerage.views.case import city_case, city_case_csv
from brokerage.views.matches import matches_for_brokers

app_name = "broker"

urlpatterns = [
    path("", queue, name="queue"),
    path("case/", city_case, name="city_case"),
    path("case/exchanges.csv", city_case_csv, name="city_case_csv"),
    path("notices/<str:reference>/", check_notice, name="check_notice"),
    path("notices/<str:reference>/matches/", matches_for_brokers, name="matches"),
]
