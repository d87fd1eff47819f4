"""Log lines: one JSON object each, and nobody's data in them."""

import json
import logging
from typing import Any

import pytest
from django.test import RequestFactory

from tslsv.logs import JsonFormatter, mask


def entry(message: str, *args: object, **attributes: object) -> dict[str, Any]:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, args, None)
    for name, value in attributes.items():
        setattr(record, name, value)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_what_every_line_has() -> None:
    found = entry("Not Found: %s", "/nope/")
    assert found["level"] == "WARNING"
    assert found["logger"] == "django.request"
    assert found["message"] == "Not Found: /nope/"
    assert found["time"].endswith("+00:00")
    assert set(found) == {"time", "level", "logger", "message"}


def test_request_gives_its_path_without_the_query() -> None:
    request = RequestFactory().get("/providers/", {"q": "food bank", "near": "LS8 4AA"})
    found = entry("Bad Request: %s", request.path, request=request, status_code=400)
    assert found["path"] == "/providers/"
    assert found["method"] == "GET"
    assert found["status"] == 400
    assert "LS8" not in json.dumps(found)


def test_a_socket_is_no_request() -> None:
    found = entry('"%s" %s %s', "GET /providers/?q=food HTTP/1.1", 200, 512, request=object())
    assert found["message"] == '"GET /providers/ HTTP/1.1" 200 512'
    assert "path" not in found


def test_trace_is_there_and_masked() -> None:
    def fail() -> None:
        raise ValueError("Key (email)=(jo@example.org) already exists")

    with pytest.raises(ValueError, match="Key") as caught:
        fail()
    found = entry("Internal Server Error", exc_info=(caught.type, caught.value, caught.tb))
    assert "in fail" in found["trace"]
    assert "Key (email)=([email]) already exists" in found["trace"]
    assert "jo@" not in json.dumps(found)


def test_stack_is_there_and_masked() -> None:
    found = entry("odd", stack_info="Stack: jo@example.org")
    assert found["stack"] == "Stack: [email]"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail to jo.o'neill+x@mail.example.org failed", "mail to [email] failed"),
        ("GET https://a.example/p/?q=a&near=LS8 done", "GET https://a.example/p/ done"),
        ("Invalid HTTP_HOST header: '203.0.113.7'", "Invalid HTTP_HOST header: '[address]'"),
        ("from 2001:db8::17 again", "from [address] again"),
        ("from ::ffff:203.0.113.7.", "from [address]."),
        ("server at 127.0.0.1 and ::1 is down", "server at 127.0.0.1 and ::1 is down"),
        ("at 12:30:45 on 2026-11-22", "at 12:30:45 on 2026-11-22"),
        ("version 6.1.3, really?", "version 6.1.3, really?"),
        ("203.0.113.7:5432 and [2001:db8::17]:443", "[address]:5432 and [[address]]:443"),
        ("std::vector", "std::vector"),
    ],
)  # fmt: skip
def test_masking(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "page",
    [
        "my/invitations",
        "providers/still-right",
        "providers/join/resume",
        "providers/claims",
        "providers/shortlist/shared",
        "providers/alert",
        "brokerage/calendar",
        "brokerage/verify",
        "brokerage/renew",
    ],
)
def test_no_secret_of_a_link_is_logged(page: str) -> None:
    path = f"/{page}/Zx9-secret_of-a-link/"
    request = RequestFactory().get(path)
    found = entry("Gone: %s", path, request=request, status_code=410)
    assert found["path"] == f"/{page}/[token]/"
    assert "Zx9" not in json.dumps(found)
