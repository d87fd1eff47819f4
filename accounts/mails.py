"""Mails about signing in, under the names that django-allauth has for them."""

from collections.abc import Mapping

from tslsv.mail.outbox import queue_mail


def send(name: str, email: str, context: Mapping[str, object]) -> None:
    """Queue allauth's ``account/email/login_code``, which is ``emails/account/login_code.txt``.

    What holds a code goes out before other mails, and is erased once sent.
    """
    queue_mail(
        to=email,
        template=name.replace("/email/", "/", 1),
        context=context,
        secret="code" in context,
    )
