from django.apps import AppConfig


class BuyingConfig(AppConfig):
    name = "buying"
    verbose_name = "Buying without a tender"

    def ready(self) -> None:
        from accounts import registry
        from buying.pace import usually_answers
        from buying.part import BuyingPart
        from providers import facts_from_above

        registry.register(BuyingPart())
        facts_from_above.register(usually_answers)
