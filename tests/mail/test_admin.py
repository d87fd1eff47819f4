"""The stock admin of mail: to look, and to send again; never to read."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from tests.factories import make_mail, make_user
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

LIST = "/admin/mail/outgoingmail/"
ACTION = {"action": "send_again"}


def desk(*permissions: str) -> Client:
    """Somebody of the staff with these permissions, signed in."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    signed_in(user, client=client)
    return client


def test_words_are_never_shown() -> None:
    client = Client()
    signed_in(make_user(is_staff=True, is_superuser=True), client=client)
    mail = make_mail(subject="Code 123456", text="Use 123456", html="<p>Use 123456", secret=True)
    for path in (LIST, f"{LIST}{mail.pk}/change/", f"{LIST}?q={mail.reference}"):
        html = client.get(path).text
        assert mail.to in html
        assert "123456" not in html


def test_nobody_changes_a_mail_by_hand() -> None:
    client = desk("view_outgoingmail", "change_outgoingmail", "delete_outgoingmail")
    mail = make_mail()
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{mail.pk}/change/", {"to": "x@evil.example"}).status_code == 403
    assert client.post(f"{LIST}{mail.pk}/delete/", {"post": "yes"}).status_code == 403


def test_what_was_given_up_is_sent_again_and_the_rest_is_told() -> None:
    client = desk("view_outgoingmail", "change_outgoingmail")
    lost, sent = make_mail(given_up_at=timezone.now()), make_mail(sent_at=timezone.now())
    response = client.post(LIST, {**ACTION, "_selected_action": [lost.pk, sent.pk]}, follow=True)
    lost.refresh_from_db()
    assert lost.given_up_at is None
    assert "Mails queued again: 1." in response.text
    assert f"{sent.reference} was sent, still waits" in response.text
    assert LogEntry.objects.get().object_id == str(lost.pk)


def test_who_may_only_look_sends_nothing() -> None:
    client = desk("view_outgoingmail")
    lost = make_mail(given_up_at=timezone.now())
    assert lost.reference in client.get(LIST).text
    client.post(LIST, {**ACTION, "_selected_action": [lost.pk]})
    assert OutgoingMail.objects.get().given_up_at is not None
