from django.apps import AppConfig


class BuyingConfig(AppConfig):
    name = "buying"
    verbose_name = "Buying without a tender"

    def ready(self) -> None:
        from accounts import registry
        from buying.part import BuyingPart

        registry.register(BuyingPart())
