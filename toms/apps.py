from django.apps import AppConfig


class TomsConfig(AppConfig):
    name = "toms"
    verbose_name = "Leeds TOMs"
