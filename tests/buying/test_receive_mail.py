"""Answers by mail: whose they are, what is taken in, and what the mail server is told."""

import io
import sys
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from buying.models import Enquiry, Message, Recipient
from buying.reply_address import read_reply_address, reply_address
from tests.buying.asking import mails_to, path_of
from tests.buying.factories import make_blocked_asker, make_enquiry, make_recipient
from tests.factories import make_listing, make_organisation
from tslsv.mail.delivery import message_of

pytestmark = pytest.mark.django_db

SAM, KIM = "sam@buyer.example", "kim@kitchen.example"


@pytest.fixture(autouse=True)
def replies(settings: Any) -> None:
    settings.REPLY_HOST = "reply.leeds.example"


@pytest.fixture
def asked() -> Recipient:
    kitchen = make_listing(make_organisation("Kitchen", email=KIM))
    row = make_recipient(make_enquiry(email=SAM), kitchen)
    path_of(row)
    return row


def mail_of(
    asked: Recipient, by: str = "provider", text: str = "Yes, we can.", **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Somebody <{KIM if by == 'provider' else SAM}>"
    mail["To"] = reply_address(asked, Message.By(by))
    mail["Subject"] = "Re: E-7K2QX: Lunch for thirty"
    mail["Message-ID"] = "<one@kitchen.example>"
    for name, value in headers.items():
        name = name.replace("_", "-")  # noqa: PLW2901
        del mail[name]
        mail[name] = value
    mail.set_content(text)
    return mail


def receive(
    monkeypatch: pytest.MonkeyPatch, mail: EmailMessage | bytes, *arguments: str
) -> tuple[int, str]:
    """The code that the mail server gets, and the words."""
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    said = io.StringIO()
    try:
        call_command("receive_mail", *arguments, stderr=said)
    except SystemExit as left:
        return int(str(left.code)), said.getvalue()
    return 0, said.getvalue()


def test_a_mail_names_where_it_is_answered(client: Client, asked: Recipient) -> None:
    client.post(path_of(asked), {"kind": "question", "text": "How many?"})
    (mail,) = mails_to(SAM)
    assert "You can also answer this mail" in mail.text
    address = str(message_of(mail).message()["Reply-To"])
    found = read_reply_address(address)
    assert found is not None
    assert (found.recipient_id, found.by) == (asked.pk, "asker")
    assert len(address.partition("@")[0]) <= 64
    assert read_reply_address(address.upper()) == found


@pytest.mark.parametrize(("by", "other"), [("provider", SAM), ("asker", KIM)])
def test_both_sides_answer_by_mail(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient, by: str, other: str
) -> None:
    text = "Yes, we can.\n\n-- \nKim\n\nOn Thu, Leeds <x@leeds.example> wrote:\n> Can you?\n"
    for _ in range(2):
        assert receive(monkeypatch, mail_of(asked, by, text)) == (0, "")
    message = Message.objects.get()
    assert (message.by, message.kind, message.text) == (by, "message", "Yes, we can.")
    (mail,) = mails_to(other)
    assert "> Yes, we can." in mail.text
    for secret in (SAM, KIM, "one@kitchen.example", "Somebody", "Can you?"):
        assert secret not in mail.text + mail.html


def test_an_answer_by_mail_counts_as_a_first_word(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient
) -> None:
    receive(monkeypatch, mail_of(asked))
    asked.refresh_from_db()
    assert asked.first_answer_at is not None
    assert asked.answer is None


def test_the_mail_server_may_name_the_address(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient
) -> None:
    mail = mail_of(asked, To="undisclosed@leeds.example")
    assert receive(monkeypatch, mail)[0] == 67
    assert receive(monkeypatch, mail, reply_address(asked, Message.By.PROVIDER))[0] == 0


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"From": "stranger@elsewhere.example"}, 77),
        ({"From": SAM}, 77),  # the other side, who got hold of the address
        ({"From": ""}, 77),
        ({"To": "reply+1p00000000000000000000000000000000@reply.leeds.example"}, 67),
        ({"To": "nobody@reply.leeds.example"}, 67),
        ({"To": "reply+nonsense@reply.leeds.example"}, 67),
    ],
)
def test_who_is_not_right_is_sent_back(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient, headers: dict[str, str], code: int
) -> None:
    found, said = receive(monkeypatch, mail_of(asked, **headers))
    assert found == code
    assert said
    assert SAM not in said
    assert KIM not in said
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"List_Id": "<list.example>"},
        {"From": "MAILER-DAEMON@kitchen.example"},
    ],
)
def test_what_machines_write_is_dropped_in_silence(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient, headers: dict[str, str]
) -> None:
    assert receive(monkeypatch, mail_of(asked, **headers)) == (0, "")
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [("> only a quote\n", "nothing above"), ("", "nothing above"), ("x" * 4001, "at most 4,000")],
)
def test_what_says_nothing_or_too_much_is_sent_back(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient, text: str, said: str
) -> None:
    code, words = receive(monkeypatch, mail_of(asked, text=text))
    assert (code, said in words) == (65, True)


def test_a_mail_that_is_too_large_is_sent_back(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient
) -> None:
    mail = mail_of(asked)
    mail.add_attachment(b"x" * 2_000_000, maintype="image", subtype="png", filename="menu.png")
    assert receive(monkeypatch, mail)[0] == 65
    assert not Message.objects.exists()


def test_attachments_and_html_are_left(monkeypatch: pytest.MonkeyPatch, asked: Recipient) -> None:
    mail = mail_of(asked)
    mail.set_content(
        "<html><head><style>p{}</style></head><body><p>Yes, <b>we</b> can.</p><script>x</script>"
        "<div>On Thu, Leeds &lt;x@leeds.example&gt; wrote:</div>"
        "<blockquote><p>Can you?</p></blockquote></body></html>",
        subtype="html",
    )
    mail.add_attachment(b"x", maintype="image", subtype="png", filename="menu.png")
    assert receive(monkeypatch, mail)[0] == 0
    assert Message.objects.get().text == "Yes, we can."


def test_secrets_that_a_quote_brings_along_are_taken_out(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient
) -> None:
    secret = path_of(asked)
    address = reply_address(asked, Message.By.PROVIDER)
    text = f"Yes.\nKim had http://localhost:8000{secret} and {address}, and so on."
    assert receive(monkeypatch, mail_of(asked, text=text))[0] == 0
    assert Message.objects.get().text == "Yes.\nKim had [link] and [address], and so on."


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: \xff\r\nTo: \xff\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=nonsense\r\nTo: x\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 50,
        b"To: " + b"a@b, " * 10_000 + b"\r\n\r\n",
        b"From: =?utf-8?b?////?=\r\nTo: <\r\nMessage-ID: [\r\n\r\nHello",
    ],
)
def test_whatever_comes_in_it_ends_in_words(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    code, _ = receive(monkeypatch, raw)
    assert code in {0, 65, 67}
    assert not Message.objects.exists()


def test_odd_letters_are_read(monkeypatch: pytest.MonkeyPatch, asked: Recipient) -> None:
    mail = mail_of(asked).as_bytes().replace(b'charset="utf-8"', b'charset="nonsense"')
    assert receive(monkeypatch, mail.replace(b"Yes, we can.", b"Yes \xe9\x00."))[0] == 0
    assert Message.objects.get().text.startswith("Yes ")


def test_what_is_closed_takes_nothing(monkeypatch: pytest.MonkeyPatch, asked: Recipient) -> None:
    Enquiry.objects.update(state="closed", ended_at="2026-01-01T00:00Z")
    code, said = receive(monkeypatch, mail_of(asked))
    assert (code, "has closed this enquiry" in said) == (69, True)


def test_who_is_not_wanted_is_not_told(monkeypatch: pytest.MonkeyPatch, asked: Recipient) -> None:
    make_blocked_asker(SAM, organisation=asked.organisation)
    Recipient.objects.update(withheld=True)
    assert receive(monkeypatch, mail_of(asked, "asker")) == (0, "")
    assert not mails_to(KIM)


def test_without_a_host_nothing_is_taken_in(
    monkeypatch: pytest.MonkeyPatch, settings: Any, asked: Recipient
) -> None:
    mail = mail_of(asked)
    settings.REPLY_HOST = ""
    assert receive(monkeypatch, mail)[0] == 78
    assert reply_address(asked, Message.By.ASKER) == ""


def test_a_database_that_is_away_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, asked: Recipient
) -> None:
    from django.db import OperationalError

    def fail(*args: object, **more: object) -> None:
        raise OperationalError

    monkeypatch.setattr("buying.management.commands.receive_mail.write_message", fail)
    assert receive(monkeypatch, mail_of(asked))[0] == 75
