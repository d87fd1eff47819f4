"""The local box, under /mailbox/; in the loopback run alone."""

from django.urls import path

from tslsv.mail import views

app_name = "mail"

urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("<str:reference>/", views.message, name="message"),
    path("<str:reference>/html/", views.message_html, name="message_html"),
]
