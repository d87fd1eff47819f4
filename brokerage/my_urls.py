"""Addresses under /my/<organisation>/brokerage/."""

from django.urls import path

from brokerage.views import my_notices
from brokerage.views.calendar import calendar_key
from brokerage.views.capacity import add_blackout, capacity, release_hours, remove_blackout
from brokerage.views.case import case, case_csv
from brokerage.views.matches import matches
from brokerage.views.my_exchanges import exchanges, relationship

app_name = "my_brokerage"

urlpatterns = [
    path("", my_notices.notices, name="notices"),
    path("new/", my_notices.new_notice, name="new_notice"),
    path("new/<slug:side>/<slug:kind>/", my_notices.write_notice, name="write_notice"),
    path("notices/<str:reference>/", my_notices.my_notice, name="my_notice"),
    path("notices/<str:reference>/matches/", matches, name="matches"),
    path("notices/<str:reference>/edit/", my_notices.edit_notice, name="edit_notice"),
    path("notices/<str:reference>/do/<slug:act>/", my_notices.act_on_notice, name="act_on_notice"),
    path("exchanges/", exchanges, name="exchanges"),
    path("with/<int:pk>/", relationship, name="relationship"),
    path("case/", case, name="case"),
    path("case/exchanges.csv", case_csv, name="case_csv"),
    path("calendar/", calendar_key, name="calendar_key"),
    path("capacity/", capacity, name="capacity"),
    path("capacity/days/", add_blackout, name="add_blackout"),
    path("capacity/days/<int:pk>/remove/", remove_blackout, name="remove_blackout"),
    path("capacity/hours/", release_hours, name="release_hours"),
]
