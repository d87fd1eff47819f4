"""Addresses under /my/<organisation>/toms/."""

from django.urls import path

from toms.views.adoptions import adoptions, sign_up, withdraw

app_name = "my_toms"

urlpatterns = [
    path("", adoptions, name="adoptions"),
    path("releases/<int:pk>/sign-up/", sign_up, name="sign_up"),
    path("<int:pk>/withdraw/", withdraw, name="withdraw"),
]
