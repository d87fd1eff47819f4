"""What lists answer to other programs."""

import re
from collections.abc import Mapping, Sequence

from django.http import HttpResponse

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text without characters that XML 1.0 has no way to write."""
    return _NOT_XML.sub("", text)


def refusal(errors: Mapping[str, Sequence[str]]) -> HttpResponse:
    """A file for a machine never answers a wider question than was asked: what is wrong, a line
    for each parameter.
    """
    lines = [f"{name}: {messages[0]}" for name, messages in errors.items()]
    return HttpResponse(
        "\n".join(lines) + "\n", status=400, content_type="text/plain; charset=utf-8"
    )
