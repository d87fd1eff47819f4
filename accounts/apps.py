from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from accounts import second_factor

        # The library says so by a signal, and has no other hook for it.
        authenticator_added.connect(second_factor.remember_new)
