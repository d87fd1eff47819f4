"""The words of a mail: what every mail has, and what no value can do to it."""

import re

import pytest
from django.template import TemplateDoesNotExist
from pytest_django import Settings

from tests.mail.conftest import WriteTemplate
from tslsv.mail.html import html_of
from tslsv.mail.rendering import LONGEST_SUBJECT, BadTemplate, Rendered, render

REFERENCE = "M-7K2QX"


def hello(**context: object) -> Rendered:
    return render("hello", {"name": "Ama", **context}, REFERENCE)


def test_text_and_html_say_the_same() -> None:
    mail = hello()
    assert mail.subject == "Hello Ama"
    assert mail.text == (
        "Good morning, Ama.\n"
        "\n"
        "Say hello back:\n"
        "https://leeds.example/about/\n"
        "\n"
        "-- \n"
        "You asked to be greeted.\n"
        "\n"
        "Questions? Who runs this site, and how to reach them: https://leeds.example/about/\n"
        "Please give this reference: M-7K2QX\n"
        "\n"
        "Leeds Social Value\n"
        "https://leeds.example/\n"
    )
    assert "<p>Good morning, Ama.</p>" in mail.html
    assert '<a class="button" href="https://leeds.example/about/">Say hello back</a>' in mail.html
    for words in ("You asked to be greeted.", REFERENCE, "<title>Hello Ama</title>"):
        assert words in mail.html
    assert "{{" not in mail.text + mail.html


def test_a_person_to_write_to_is_named_where_there_is_one(settings: Settings) -> None:
    settings.SUPPORT_EMAIL = "help@leeds.example"
    assert "Write to help@leeds.example and a person will answer." in hello().text
    settings.OPERATOR_NAME = "Somebody & Co"
    mail = hello()
    assert "Write to help@leeds.example and a person at Somebody & Co will answer." in mail.text
    assert '<a href="mailto:help@leeds.example">' in mail.html
    assert "a person at Somebody &amp; Co will answer." in mail.html


def test_text_is_not_escaped_and_html_is() -> None:
    mail = hello(name="<b>O'Neill & Co</b>")
    assert mail.subject == "Hello <b>O'Neill & Co</b>"
    assert "Good morning, <b>O'Neill & Co</b>." in mail.text
    assert "<b>O" not in mail.html
    assert "&lt;b&gt;O&#x27;Neill &amp; Co&lt;/b&gt;" in mail.html


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x0b", "\u2028", "\x85", "\0"])
def test_a_value_cannot_leave_the_subject(newline: str) -> None:
    mail = hello(name=f"Ama{newline}Bcc: all@evil.example{newline}Why: no{newline}{newline}Body")
    assert len(mail.subject.splitlines()) == 1
    assert mail.subject.startswith("Hello Ama")
    assert "You asked to be greeted." in mail.text
    assert "\0" not in mail.text + mail.html


def test_a_long_subject_is_cut() -> None:
    assert len(hello(name="a" * 10_000).subject) == LONGEST_SUBJECT


def test_why_may_come_from_the_caller(write_template: WriteTemplate) -> None:
    write_template("plain.txt", "Subject: S\n\nBody")
    assert "\nBecause of this.\n" in render("plain", {"why": "Because of\nthis."}, "M").text
    with pytest.raises(BadTemplate, match="reason"):
        render("plain", {}, "M")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Subject: only",
        "Subject: S\nWhy: w\n\n",
        "No subject\n\nBody",
        "Why: w\n\nBody",
        "Subject: a\nSubject: b\nWhy: w\n\nBody",
        "Subject: {{ nothing }}\nWhy: w\n\nBody",
        "Subject: a\nBcc: b\nWhy: w\n\nBody",
    ],
)
def test_a_template_without_what_every_mail_has_is_refused(
    write_template: WriteTemplate, text: str
) -> None:
    write_template("bad.txt", text)
    with pytest.raises(BadTemplate):
        render("bad", {}, "M")


def test_a_missing_template_is_an_error() -> None:
    with pytest.raises(TemplateDoesNotExist):
        render("nothing", {}, "M")


def test_gaps_that_tags_leave_are_closed(write_template: WriteTemplate) -> None:
    write_template("gaps.txt", "Subject: S\nWhy: w\n\nOne\n{% if no %}\nx\n{% endif %}\n\n\nTwo\n")
    assert render("gaps", {}, "M").text.startswith("One\n\nTwo\n\n-- \n")


def test_a_comment_may_stand_above(write_template: WriteTemplate) -> None:
    write_template("noted.txt", "{# name: who #}\nSubject: S\nWhy: w\n\nBody")
    assert render("noted", {}, "M").subject == "S"


def test_an_html_template_goes_before_the_made_one(write_template: WriteTemplate) -> None:
    write_template(
        "hello.html",
        '{% extends "emails/base.html" %}'
        "{% block content %}<p>By hand, {{ name }}</p>{% endblock %}",
    )
    mail = hello(name="<Ama>")
    assert "<p>By hand, &lt;Ama&gt;</p>" in mail.html
    assert "Good morning" not in mail.html
    assert REFERENCE in mail.html


# -- Text to HTML -------------------------------------------------------------------------------


def test_paragraphs_lists_quotes_and_codes() -> None:
    html = html_of("One\ntwo\n\n- a\n- b\n\n> they <say>\n>\n> this\n\n    123 456")
    assert "<p>One<br>two</p>" in html
    assert "<ul><li>a</li><li>b</li></ul>" in html
    assert "<blockquote><p>they &lt;say&gt;<br><br>this</p></blockquote>" in html
    assert '<p class="code">123 456</p>' in html


def test_two_named_links_are_links_and_one_is_the_button() -> None:
    link = "Open it:\nhttps://leeds.example/a/?b=1&c=2"
    assert (
        '<p class="action"><a class="button" href="https://leeds.example/a/?b=1&amp;c=2">'
        "Open it</a></p>" in html_of(link)
    )
    html = html_of(f"{link}\n\nOr this:\nhttps://leeds.example/d/")
    assert "button" not in html
    assert html.count("<a href=") == 2


def test_an_address_in_a_line_becomes_a_link_without_its_full_stop() -> None:
    html = html_of("See https://leeds.example/about/. Then (https://leeds.example/a) & rest.")
    assert re.findall(r'href="([^"]*)"', html) == [
        "https://leeds.example/about/",
        "https://leeds.example/a",
    ]
    assert "</a>. Then (" in html
    assert "</a>) &amp; rest." in html


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://leeds.example.evil.example/",
        "https://leeds.example@evil.example/",
        "http://leeds.example/",
        "javascript:alert(1)",
    ],
)
def test_addresses_elsewhere_stay_text(address: str) -> None:
    assert "href" not in html_of(f"See {address} now.\n\nClick here:\n{address}")
