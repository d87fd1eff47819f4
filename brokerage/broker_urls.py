"""Addresses under /broker/."""

from django.urls import path

from brokerage.views.broker.queue import check_notice, queue

app_name = "broker"

urlpatterns = [
    path("", queue, name="queue"),
    path("notices/<str:reference>/", check_notice, name="check_notice"),
]
