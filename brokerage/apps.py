from django.apps import AppConfig


class BrokerageConfig(AppConfig):
    name = "brokerage"
    verbose_name = "Brokerage board"

    def ready(self) -> None:
        from accounts import registry
        from brokerage.part import BrokeragePart

        registry.register(BrokeragePart())
