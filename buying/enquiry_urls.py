"""Addresses under /my/<organisation>/enquiries/."""

from django.urls import path

from buying.views.asked import asked, asked_genuine, asked_message, asked_not_genuine, asked_one

app_name = "enquiries"

urlpatterns = [
    path("", asked, name="asked"),
    path("<int:pk>/", asked_one, name="asked_one"),
    path("<int:pk>/message/", asked_message, name="asked_message"),
    path("<int:pk>/not-genuine/", asked_not_genuine, name="asked_not_genuine"),
    path("<int:pk>/genuine/", asked_genuine, name="asked_genuine"),
]
