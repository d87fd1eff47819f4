from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "tslsv.ui"
    label = "ui"
