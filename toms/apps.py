from django.apps import AppConfig


class TomsConfig(AppConfig):
    name = "toms"
    verbose_name = "Leeds TOMs"

    def ready(self) -> None:
        from accounts import registry
        from toms.part import TomsPart

        registry.register(TomsPart())
