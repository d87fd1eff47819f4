"""Addresses under /my/<organisation>/buying/."""

from django.urls import path

from buying.views import choice, choices, edit_choice, new_choice, rules

app_name = "my_buying"

urlpatterns = [
    path("", choices.choices, name="choices"),
    path("rules/", rules.rules, name="rules"),
    path("choices.csv", choices.choices_csv, name="choices_csv"),
    path("choices/new/", new_choice.new_choice, name="new_choice"),
    path("choices/<int:pk>/", choice.choice, name="choice"),
    path("choices/<int:pk>/edit/", edit_choice.edit_choice, name="edit_choice"),
    path("choices/<int:pk>/give-up/", edit_choice.give_up_choice, name="give_up_choice"),
    path("choices/<int:pk>/correct/", choice.correct_choice, name="correct_choice"),
    path("choices/<int:pk>/void/", choice.void_choice, name="void_choice"),
]
