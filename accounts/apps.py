from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_used

        from accounts import registry, second_factor
        from accounts.part import AccountsPart

        registry.register(AccountsPart())
        # The library says so by signals, and has no other hook for it.
        authenticator_added.connect(second_factor.remember_new)
        authenticator_used.connect(second_factor.wake)
