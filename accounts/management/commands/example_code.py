"""``manage.py example_code curator@example.org``: what that person's app shows now."""

import time
from argparse import ArgumentParser
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import examples


class Command(BaseCommand):
    help = "Print the present code of an example person who has an authenticator app."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="for example curator@example.org")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOOPBACK:
            raise CommandError("There are example people only in the run for one machine.")
        secrets = {row["email"]: row["secret"] for row in examples.kept(settings.DATA_DIR)}
        secret = secrets.get(options["email"])
        if not secret:
            raise CommandError(f"{options['email']} is no example person with an app.")
        self.stdout.write(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
