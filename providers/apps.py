from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "providers"
    verbose_name = "Provider list"

    def ready(self) -> None:
        from accounts import registry
        from providers.part import ProvidersPart

        registry.register(ProvidersPart())
