"""Addresses under /my/<organisation>/embedding/."""

from django.urls import path

from providers.views.embedding import embedding, remove_host

app_name = "embedding"

urlpatterns = [
    path("", embedding, name="embedding"),
    path("<int:pk>/remove/", remove_host, name="remove_host"),
]
