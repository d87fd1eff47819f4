"""Addresses under /brokerage/."""

from django.urls import path

from brokerage.views import export
from brokerage.views.board import board
from brokerage.views.exchange import exchange
from brokerage.views.notice import need, offer
from brokerage.views.notices import needs, offers
from brokerage.views.renew import renew
from brokerage.views.verify import verify

app_name = "brokerage"

urlpatterns = [
    path("", board, name="board"),
    path("needs/", needs, name="needs"),
    path("needs/results.csv", export.needs_csv, name="needs_csv"),
    path("needs/results.atom", export.needs_atom, name="needs_atom"),
    path("needs/<str:reference>/", need, name="need"),
    path("offers/", offers, name="offers"),
    path("offers/results.csv", export.offers_csv, name="offers_csv"),
    path("offers/results.atom", export.offers_atom, name="offers_atom"),
    path("offers/<str:reference>/", offer, name="offer"),
    path("exchanges/<str:reference>/", exchange, name="exchange"),
    path("renew/<str:token>/", renew, name="renew"),
    path("verify/<str:token>/", verify, name="verify"),
]
