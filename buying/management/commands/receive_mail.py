"""``manage.py receive_mail [address]``: take in one mail, as a mail server pipes it.

It ends with the codes of sysexits.h, so that the mail server sends the mail back or tries again.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error

from accounts.refused import Refused
from buying.receiving import MOST_BYTES, NotTaken, read_mail
from buying.services.answering import write_message
from tslsv import limits

EX_UNAVAILABLE, EX_TEMPFAIL, EX_CONFIG = 69, 75, 78
HOUR = 3600
MAILS_AN_HOUR = 30


class Command(BaseCommand):
    help = "Take in one mail from standard input: an answer in a conversation about an enquiry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "address", nargs="?", default="", help="where it was delivered; else its headers say"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REPLY_HOST:
            self._leave(EX_CONFIG, "REPLY_HOST is not set, so no mail is taken in.")
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            came = read_mail(raw, options["address"])
            if came is None:
                return
            whose = f"{came.by} {came.recipient.pk}"
            if not limits.allow("mail in", whose, MAILS_AN_HOUR, HOUR, same=came.key):
                self._leave(EX_TEMPFAIL, "Too many mails came for this conversation.")
            write_message(
                recipient=came.recipient, side=came.by, text=came.text, by=None, key=came.key
            )
        except NotTaken as refused:
            self._leave(refused.code, str(refused))
        except Refused as refused:
            self._leave(EX_UNAVAILABLE, str(refused))
        except Error as error:
            self._leave(EX_TEMPFAIL, f"The database could not be asked: {type(error).__name__}.")

    def _leave(self, code: int, words: str) -> None:
        self.stderr.write(words)
        sys.exit(code)
