"""Addresses under /broker/."""

from django.urls import path

from brokerage.views.broker.exchanges import exchanges
from brokerage.views.broker.people import (
    add_helper,
    ask_helper,
    edit_helper,
    people,
    remove_helper,
)
from brokerage.views.broker.queue import check_notice, queue
from brokerage.views.broker.rates import add_rate, edit_rate, make_usual, rates
from brokerage.views.broker.vocabulary import add_skill, edit_kind, edit_skill, vocabulary
from brokerage.views.case import city_case, city_case_csv
from brokerage.views.matches import matches_for_brokers

app_name = "broker"

urlpatterns = [
    path("", queue, name="queue"),
    path("case/", city_case, name="city_case"),
    path("case/exchanges.csv", city_case_csv, name="city_case_csv"),
    path("exchanges/", exchanges, name="exchanges"),
    path("people/", people, name="people"),
    path("people/new/", add_helper, name="add_helper"),
    path("people/<int:pk>/", edit_helper, name="edit_helper"),
    path("people/<int:pk>/ask/", ask_helper, name="ask_helper"),
    path("people/<int:pk>/remove/", remove_helper, name="remove_helper"),
    path("rates/", rates, name="rates"),
    path("rates/new/", add_rate, name="add_rate"),
    path("rates/<int:pk>/", edit_rate, name="edit_rate"),
    path("rates/<int:pk>/usual/", make_usual, name="make_usual"),
    path("vocabulary/", vocabulary, name="vocabulary"),
    path("vocabulary/skills/new/", add_skill, name="add_skill"),
    path("vocabulary/skills/<slug:code>/", edit_skill, name="edit_skill"),
    path("vocabulary/kinds/<slug:code>/", edit_kind, name="edit_kind"),
    path("notices/<str:reference>/", check_notice, name="check_notice"),
    path("notices/<str:reference>/matches/", matches_for_brokers, name="matches"),
]
