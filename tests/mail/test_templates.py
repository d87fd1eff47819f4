"""Every template of a mail has what every mail has, and compiles."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Engine

from tslsv.mail.rendering import parts_of

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"
# What follows every mail is no mail.
TEMPLATES = sorted(
    path.relative_to(FOLDER).with_suffix("").as_posix()
    for path in FOLDER.rglob("*.txt")
    if path.name != "tail.txt"
)


@pytest.mark.parametrize("template", [*TEMPLATES, "hello"])
def test_a_template_is_well_formed(template: str) -> None:
    lines, body = parts_of(template)
    for source in (*lines.values(), body):
        Engine.get_default().from_string(source)


@pytest.mark.parametrize("template", [*TEMPLATES, "hello"])
def test_addresses_come_from_the_setting(template: str) -> None:
    """``{% url %}`` alone would be a path, which leads nowhere in a mail."""
    _, body = parts_of(template)
    assert "request" not in body
    assert "://" not in body
    assert body.count("{% url") <= body.count("|absolute") + body.count("site_url")
