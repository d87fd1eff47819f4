"""Every mail about signing in can be written; those with a code are kept secret."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from accounts import mails
from tslsv.mail.models import OutgoingMail

EMAILS = Path(settings.BASE_DIR) / "templates" / "emails"
NAMES = sorted(
    f"{path.parent.name}/email/{path.stem}"
    for folder in ("account", "mfa", "socialaccount")
    for path in (EMAILS / folder).glob("*.txt")
)
CONTEXT = {
    "to_email": "new@example.org",
    "from_email": "old@example.org",
    "provider": SimpleNamespace(name="Leeds Example Works"),
}


def test_there_are_mails() -> None:
    assert len(NAMES) > 15


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_every_mail_can_be_written(name: str) -> None:
    needs_code = "{{ code }}" in (EMAILS / f"{name.replace('/email/', '/')}.txt").read_text()
    context = {**CONTEXT, "code": "1234-5678"} if needs_code else CONTEXT
    mails.send(name, "sam@example.org", context)
    mail = OutgoingMail.objects.get()
    assert mail.secret is needs_code
    assert mail.subject
    assert "{" not in mail.text
    assert "  \n" not in mail.text
    assert ("1234-5678" in mail.text) is needs_code
