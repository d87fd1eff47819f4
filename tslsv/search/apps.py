from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "tslsv.search"
    label = "search"
