from django.apps import AppConfig


class TslsvConfig(AppConfig):
    name = "tslsv"
    verbose_name = "Leeds Social Value"

    def ready(self) -> None:
        from tslsv import checks  # noqa: F401  (importing it registers the checks)
