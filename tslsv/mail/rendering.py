"""The words of a mail, from its template: subject, plain text and HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist, loader
from django.utils.text import Truncator

from tslsv.mail.html import html_of

LONGEST_SUBJECT = 150
# PostgreSQL has no NUL, and mail has no use for the others.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_GAP = re.compile(r"\n{3,}")


class BadTemplate(ValueError):
    """A mail's template lacks what every mail has, or says it where it cannot stand."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent."""

    subject: str
    text: str
    html: str


def parts_of(template: str) -> tuple[dict[str, str], str]:
    """The sources of ``emails/<template>.txt``: the named lines above its body, and the body.

    The named lines are ``Subject: …`` and, unless the caller gives ``why``, ``Why: …``; comments
    may stand between them. Raises BadTemplate.
    """
    source = str(Engine.get_default().get_template(f"emails/{template}.txt").source)
    head, _, body = source.replace("\r\n", "\n").partition("\n\n")
    lines: dict[str, str] = {}
    for line in head.splitlines():
        if line.startswith("{#"):
            continue
        name, colon, value = line.partition(":")
        if not colon or name not in ("Subject", "Why") or name in lines:
            raise BadTemplate(f"emails/{template}.txt has an odd line above its body: {line!r}.")
        lines[name] = value
    if "Subject" not in lines:
        raise BadTemplate(f"emails/{template}.txt has no subject.")
    if not body.strip():
        raise BadTemplate(f"emails/{template}.txt has no body after its empty line.")
    return lines, body


def render(template: str, context: Mapping[str, object], reference: str) -> Rendered:
    """Fill in ``templates/emails/<template>.txt``, and ``<template>.html`` where there is one.

    The text begins with ``Subject: …``, and ``Why: …`` (why somebody gets this) unless the context
    has ``why``; then an empty line; then the body. Each of the three is filled in on its own, so
    that no value can get from one into another. ``emails/tail.txt`` follows.

    Raises BadTemplate, and what Django raises for a template that is missing or malformed.
    """
    engine = Engine.get_default()
    lines, body = parts_of(template)
    values: dict[str, object] = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "support_email": settings.SUPPORT_EMAIL,
        "operator_name": settings.OPERATOR_NAME,
        **context,
        "reference": reference,
    }

    def fill(source: str) -> str:
        return engine.from_string(source).render(Context(values, autoescape=False))

    subject = Truncator(_one_line(fill(lines["Subject"]))).chars(LONGEST_SUBJECT)
    why = _one_line(fill(lines["Why"]) if "Why" in lines else str(context.get("why", "")))
    if not subject or not why:
        raise BadTemplate(f"emails/{template}.txt needs a subject and a reason why it is sent.")
    values |= {"subject": subject, "why": why}
    words = _tidy(fill(body))
    tail = _tidy(engine.get_template("emails/tail.txt").render(Context(values, autoescape=False)))
    try:
        page = loader.get_template(f"emails/{template}.html")
    except TemplateDoesNotExist:
        page = loader.get_template("emails/base.html")
        values["content"] = html_of(words)
    return Rendered(subject, f"{words}\n\n-- \n{tail}\n", page.render(values))


def _one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _tidy(text: str) -> str:
    """Without control characters, spaces at line ends, and the gaps that template tags leave."""
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n")).split("\n")
    return _GAP.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
