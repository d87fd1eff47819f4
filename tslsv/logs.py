"""Log records as one JSON object a line, without personal data."""

import datetime as dt
import ipaddress
import json
import logging
import re

from django.http import HttpRequest

_EMAIL = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+")
# What follows "?" after a path or an address: words searched for, postcodes, tokens.
_QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']*")
# A part of a path that opens something for whoever has it, such as an invitation.
_TOKEN = re.compile(
    r"(?:(?<=/invitations/)|(?<=/still-right/)|(?<=/resume/)|(?<=/claims/)|(?<=/shared/)"
    r"|(?<=/alert/)|(?<=/brokerage/calendar/)|(?<=/brokerage/verify/)|(?<=/brokerage/renew/))"
    r"[^/\s\"'?]+"
)
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:"
    r"\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)"
    r"|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:(?:[0-9A-Fa-f]+(?:\.\d{1,3}){3}|[0-9A-Fa-f]*)(?![\w:])"
    r")"
)


def mask(text: str) -> str:
    """The text without email addresses, query strings, links' secrets and network addresses."""
    text = _EMAIL.sub("[email]", text)
    text = _QUERY.sub(r"\1", text)
    text = _TOKEN.sub("[token]", text)
    return _ADDRESS.sub(_mask_address, text)


def _mask_address(match: re.Match[str]) -> str:
    try:
        address = ipaddress.ip_address(match.group())
    except ValueError:
        return match.group()  # a time of day, or some other thing with colons
    # This machine's own addresses are nobody's, and tell which server did not answer.
    return match.group() if address.is_loopback or address.is_unspecified else "[address]"


class JsonFormatter(logging.Formatter):
    """Time, level, logger and message; method, path, status and trace where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        moment = dt.datetime.fromtimestamp(record.created, tz=dt.UTC)
        entry: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):  # django.server puts a socket here
            entry["method"] = request.method
            entry["path"] = mask(request.path)
        status = getattr(record, "status_code", None)
        if status is not None:
            entry["status"] = status
        if record.exc_info:
            entry["trace"] = mask(self.formatException(record.exc_info))
        if record.stack_info:
            entry["stack"] = mask(self.formatStack(record.stack_info))
        return json.dumps(entry, default=str)
