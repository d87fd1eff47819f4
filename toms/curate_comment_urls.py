"""Addresses under /curate/toms/comments/."""

from django.urls import path

from toms.views.curate_comments import comment_list, one_comment

app_name = "curate_comments"

urlpatterns = [
    path("", comment_list, name="comment_list"),
    path("<int:pk>/", one_comment, name="one_comment"),
]
