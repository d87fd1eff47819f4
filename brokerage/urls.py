"""Addresses under /brokerage/."""

from django.urls import path

from brokerage.views import acts, export
from brokerage.views.board import board
from brokerage.views.calendar import calendar, my_calendar
from brokerage.views.demand import demand, demand_csv
from brokerage.views.exchange import exchange
from brokerage.views.notice import need, offer
from brokerage.views.notices import needs, offers
from brokerage.views.people import consent, people
from brokerage.views.propose import propose_to_need, propose_to_offer
from brokerage.views.renew import renew
from brokerage.views.skills import skills
from brokerage.views.take_places import take_places
from brokerage.views.verify import verify
from brokerage.views.what_it_came_to import what_it_came_to, what_it_came_to_csv

app_name = "brokerage"

urlpatterns = [
    path("", board, name="board"),
    path("skills/", skills, name="skills"),
    path("demand/", demand, name="demand"),
    path("demand/figures.csv", demand_csv, name="demand_csv"),
    path("what-it-came-to/", what_it_came_to, name="what_it_came_to"),
    path("what-it-came-to/figures.csv", what_it_came_to_csv, name="what_it_came_to_csv"),
    path("needs/", needs, name="needs"),
    path("needs/results.csv", export.needs_csv, name="needs_csv"),
    path("needs/results.atom", export.needs_atom, name="needs_atom"),
    path("needs/<str:reference>/", need, name="need"),
    path("offers/", offers, name="offers"),
    path("offers/results.csv", export.offers_csv, name="offers_csv"),
    path("offers/results.atom", export.offers_atom, name="offers_atom"),
    path("offers/<str:reference>/", offer, name="offer"),
    path("needs/<str:reference>/propose/", propose_to_need, name="propose_to_need"),
    path("offers/<str:reference>/propose/", propose_to_offer, name="propose_to_offer"),
    path("exchanges/<str:reference>/", exchange, name="exchange"),
    path("exchanges/<str:reference>/introduce/", acts.introduce, name="introduce"),
    path("exchanges/<str:reference>/change/", acts.propose_change, name="propose_change"),
    path(
        "exchanges/<str:reference>/versions/<int:number>/confirm/",
        acts.confirm_version,
        name="confirm_version",
    ),
    path(
        "exchanges/<str:reference>/versions/<int:number>/refuse/",
        acts.refuse_version,
        name="refuse_version",
    ),
    path("exchanges/<str:reference>/places/", acts.reduce_places, name="reduce_places"),
    path("exchanges/<str:reference>/pass/", acts.pass_places, name="pass_places"),
    path("exchanges/<str:reference>/contact/", acts.hand_over, name="hand_over"),
    path("exchanges/<str:reference>/checks/<slug:check>/", acts.settle_gate, name="settle_gate"),
    path(
        "exchanges/<str:reference>/checks/<slug:check>/waive/", acts.waive_gate, name="waive_gate"
    ),
    path("exchanges/<str:reference>/result/", acts.claim, name="claim"),
    path(
        "exchanges/<str:reference>/result/<int:pk>/confirm/",
        acts.confirm_result,
        name="confirm_result",
    ),
    path("exchanges/<str:reference>/decide/", acts.decide, name="decide"),
    path("exchanges/<str:reference>/feedback/", acts.feedback, name="feedback"),
    path("exchanges/<str:reference>/why/<slug:act>/", acts.reason, name="reason"),
    path("calendar/", my_calendar, name="my_calendar"),
    path("calendar/<str:token>.ics", calendar, name="calendar"),
    path("places/<str:token>/", take_places, name="take_places"),
    path("people/", people, name="people"),
    path("people/<str:token>/", consent, name="consent"),
    path("renew/<str:token>/", renew, name="renew"),
    path("verify/<str:token>/", verify, name="verify"),
]
