"""Templates of mails that only tests send."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from pytest_django import Settings

type WriteTemplate = Callable[..., None]

SITE_URL = "https://leeds.example"
HELLO = """Subject: Hello {{ name }}
Why: You asked to be greeted.

Good morning, {{ name }}.

Say hello back:
{{ "/about/"|absolute }}
"""


@pytest.fixture
def write_template(tmp_path: Path, settings: Settings) -> WriteTemplate:
    """Write ``emails/<name>``, for this test; as ``write_template("hello.txt", "Subject: …")``."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates
    (tmp_path / "emails").mkdir()

    def write(name: str, text: str) -> None:
        (tmp_path / "emails" / name).write_text(text, encoding="utf-8")

    return write


@pytest.fixture(autouse=True)
def hello(write_template: WriteTemplate, settings: Settings) -> None:
    """A template named ``hello``, a site at an address of its own, and nobody to write to yet."""
    settings.SITE_URL = SITE_URL
    settings.SUPPORT_EMAIL = settings.OPERATOR_NAME = ""
    write_template("hello.txt", HELLO)
