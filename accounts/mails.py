"""Mails about signing in."""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context, Engine


def send(template_prefix: str, email: str, context: Mapping[str, object]) -> None:
    """Queue the mail that allauth calls ``account/email/login_code``: ``emails/account/login_code``."""
    template = template_prefix.replace("/email/", "/", 1)
    source = str(Engine.get_default().get_template(f"emails/{template}.txt").source)
    head, _, body = source.partition("\n\n")
    c = Context({"site_name": settings.SITE_NAME, **context}, autoescape=False)
    subject = (
        Engine.get_default().from_string(head.splitlines()[0].removeprefix("Subject: ")).render(c)
    )
    EmailMessage(subject, Engine.get_default().from_string(body).render(c), to=[email]).send()
