"""Addresses under /buying/."""

from django.urls import path

from buying.views import how_partners_choose
from buying.views.answer import answer, answer_genuine, answer_message, answer_not_genuine
from buying.views.ask import ask, ask_check, ask_sent
from buying.views.city import city, city_csv
from buying.views.enquiry import (
    enquiries,
    enquiry,
    enquiry_accept,
    enquiry_close,
    enquiry_give_address,
    enquiry_thank,
    enquiry_write,
)

app_name = "buying"

ENQUIRY = "enquiries/<str:token>/"
ANSWER = "answer/<str:token>/"

urlpatterns = [
    path("ask/", ask, name="ask"),
    path("ask/<str:draft>/check/", ask_check, name="ask_check"),
    path("ask/<str:draft>/sent/", ask_sent, name="ask_sent"),
    path("enquiries/", enquiries, name="enquiries"),
    path(ENQUIRY, enquiry, name="enquiry"),
    path(f"{ENQUIRY}thank/", enquiry_thank, name="enquiry_thank"),
    path(f"{ENQUIRY}close/", enquiry_close, name="enquiry_close"),
    path(f"{ENQUIRY}<int:pk>/write/", enquiry_write, name="enquiry_write"),
    path(f"{ENQUIRY}<int:pk>/give-address/", enquiry_give_address, name="enquiry_give_address"),
    path(f"{ENQUIRY}<int:pk>/accept/", enquiry_accept, name="enquiry_accept"),
    path(ANSWER, answer, name="answer"),
    path(f"{ANSWER}message/", answer_message, name="answer_message"),
    path(f"{ANSWER}not-genuine/", answer_not_genuine, name="answer_not_genuine"),
    path(f"{ANSWER}genuine/", answer_genuine, name="answer_genuine"),
    path(
        "how-partners-choose/",
        how_partners_choose.how_partners_choose,
        name="how_partners_choose",
    ),
    path("leeds/", city, name="city"),
    path("leeds.csv", city_csv, name="city_csv"),
]
