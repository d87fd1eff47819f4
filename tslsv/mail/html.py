"""Plain text made into the HTML part of a mail."""

import re

from django.conf import settings
from django.template import loader
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


def html_of(text: str) -> SafeString:
    """Paragraphs, lists, quotes, codes and links, as the text has them.

    - Lines that all start with "- " are a list; with "> ", somebody else's words.
    - A line that starts with four spaces is something to copy, such as a sign-in code.
    - Words that end in a colon, and on the next line an address of this site alone: a link named by
      the words. The only one of its kind in a mail is its button.

    Only addresses of this site become links: a mail may carry words of strangers.
    """
    blocks = [block.split("\n") for block in text.strip("\n").split("\n\n") if block.strip()]
    links = [lines for lines in blocks if _is_named_link(lines)]
    return loader.render_to_string(
        "emails/text.html",
        {"blocks": [_block(lines, button=len(links) == 1) for lines in blocks]},
    )


def _block(lines: list[str], *, button: bool) -> dict[str, object]:
    if _is_named_link(lines):
        label, address = lines[0].removesuffix(":"), lines[1]
        return {"kind": "button" if button else "link", "label": label, "address": address}
    if all(line.startswith("    ") for line in lines):
        return {"kind": "code", "lines": [line.strip() for line in lines]}
    for kind, mark in (("list", "- "), ("quote", "> ")):
        if all(line.startswith(mark) or line == mark.rstrip() for line in lines):
            return {"kind": kind, "lines": [_linked(line[len(mark) :]) for line in lines]}
    return {"kind": "paragraph", "lines": [_linked(line) for line in lines]}


def _is_named_link(lines: list[str]) -> bool:
    return (
        len(lines) == 2
        and lines[0].endswith(":")
        and _ADDRESS.fullmatch(lines[1]) is not None
        and _is_ours(lines[1])
    )


def _is_ours(address: str) -> bool:
    return bool(settings.SITE_URL) and f"{address}/".startswith(f"{settings.SITE_URL}/")


def _linked(line: str) -> SafeString:
    """The line, escaped, with addresses of this site as links."""
    pieces, end = [], 0
    for match in _ADDRESS.finditer(line):
        if _is_ours(match.group()):
            address = conditional_escape(match.group())
            pieces += [
                conditional_escape(line[end : match.start()]),
                f'<a href="{address}">{address}</a>',
            ]
            end = match.end()
    return mark_safe("".join([*pieces, conditional_escape(line[end:])]))  # noqa: S308 - escaped
