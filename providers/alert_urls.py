"""Addresses under /my/alerts/."""

from django.urls import path

from providers.views.my_alerts import my_alert, my_alerts

app_name = "alerts"

urlpatterns = [
    path("", my_alerts, name="my_alerts"),
    path("<int:pk>/", my_alert, name="my_alert"),
]
