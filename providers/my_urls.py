"""Addresses under /my/<organisation>/offers/."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from accounts.models import Membership
from accounts.views.member import member_page

app_name = "offers"


@member_page()
def offer(request: HttpRequest, membership: Membership, listing_id: int) -> HttpResponse:
    return redirect("my:organisation", slug=membership.organisation.slug)  # merged away


urlpatterns = [path("<int:listing_id>/", offer, name="offer")]  # merged away
