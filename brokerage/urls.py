"""Addresses under /brokerage/."""

from django.urls import path

from brokerage.views.exchange import exchange
from brokerage.views.verify import verify

app_name = "brokerage"

urlpatterns = [
    path("exchanges/<str:reference>/", exchange, name="exchange"),
    path("verify/<str:token>/", verify, name="verify"),
]
