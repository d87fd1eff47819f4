"""What is left of an answer by mail, as the usual programs write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buying.trimming import trim_reply

NEW = "Yes, we could do that.\n\nCould you tell us how many are vegan?"
OURS = (
    "Sam Buyer asks whether you could do this.\n\n> A cold lunch.\n\nSay yes, no, or ask back:\n"
    "http://localhost:8000/buying/answer/secret/\n\n-- \nYou get this because\nE-7K2QX"
)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


GMAIL = (
    f"{NEW}\n\nOn Thu, 26 Nov 2026 at 09:12, Leeds Social Value <help@leeds.example> wrote:\n\n"
    f"{quoted(OURS)}\n"
)
GMAIL_BROKEN = (
    f"{NEW}\n\nOn Thu, 26 Nov 2026 at 09:12, Leeds Social Value\n"
    f"<a-rather-long-address@leeds.example> wrote:\n\n{quoted(OURS)}\n"
)
APPLE = (
    f"{NEW}\n\nSent from my iPhone\n\n> On 26 Nov 2026, at 09:12, Leeds Social Value "
    f"<help@leeds.example> wrote:\n> \n{quoted(OURS)}\n"
)
APPLE_MAIL = (
    f"{NEW}\n\n\n> On 26 Nov 2026, at 09:12, Leeds <help@leeds.example> wrote:\n{quoted(OURS)}"
)
OUTLOOK = (
    f"{NEW}\n\nKind regards\n\nKim\n\n________________________________\n"
    f"From: Leeds Social Value <help@leeds.example>\nSent: 26 November 2026 09:12\n"
    f"To: Kim <kim@kitchen.example>\nSubject: E-7K2QX: Lunch for thirty\n\n{OURS}\n"
)
OUTLOOK_OLD = (
    f"{NEW}\n\n-----Original Message-----\nFrom: Leeds Social Value [mailto:help@leeds.example]\n"
    f"Sent: 26 November 2026 09:12\nTo: Kim\nSubject: E-7K2QX\n\n{OURS}"
)
OUTLOOK_PHONE = (
    f"{NEW}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n{OUTLOOK.partition('Kim')[2]}"
)
THUNDERBIRD = (
    f"{NEW}\n\n-- \nKim Cook\nHolbeck Kitchen, 0113 496 0101\n\n"
    f"On 26/11/2026 09:12, Leeds Social Value wrote:\n{quoted(OURS)}"
)
ISO = (
    f"{NEW}\n\n2026-11-26 9:12 GMT+00:00 Leeds Social Value <help@leeds.example> wrote:\n\n"
    f"{quoted(OURS)}"
)
FORWARD = f"{NEW}\n\nBegin forwarded message:\n\nFrom: Leeds\n\n{OURS}"
PLAIN = NEW
WINDOWS = GMAIL.replace("\n", "\r\n")
UNMARKED = (
    f"{NEW}\n\nOn Thu, 26 Nov 2026, Leeds Social Value <help@leeds.example> wrote:\nWhat was asked."
)


@pytest.mark.parametrize(
    "mail",
    [
        GMAIL,
        GMAIL_BROKEN,
        APPLE,
        APPLE_MAIL,
        OUTLOOK_OLD,
        OUTLOOK_PHONE,
        THUNDERBIRD,
        ISO,
        FORWARD,
        PLAIN,
        WINDOWS,
        UNMARKED,
    ],
    ids=lambda mail: "",
)
def test_only_the_new_words_stay(mail: str) -> None:
    assert trim_reply(mail) == NEW


def test_a_closing_without_dashes_stays() -> None:
    assert trim_reply(OUTLOOK) == f"{NEW}\n\nKind regards\n\nKim"


def test_answers_between_the_quoted_lines_stay_with_what_they_answer() -> None:
    mail = (
        "See below.\n\nOn Thu, 26 Nov 2026, Leeds <help@leeds.example> wrote:\n"
        "> How many are vegan?\n\nFour.\n\n> Is there a lift?\n\nYes.\n\n> Thank you\n"
    )
    assert trim_reply(mail) == (
        "See below.\n\nOn Thu, 26 Nov 2026, Leeds <help@leeds.example> wrote:\n"
        "> How many are vegan?\n\nFour.\n\n> Is there a lift?\n\nYes."
    )


@pytest.mark.parametrize(
    "words",
    [
        "On Monday we could.\n\nOn Tuesday my colleague wrote: it is too late.\n\nYours, Kim",
        "From: the station it is five minutes.",
        "Prices:\n\n- soup £3\n- bread £1",
        "One\n\n--\n\n" + "\n".join(f"line {n}" for n in range(30)),
    ],
)
def test_what_only_looks_like_a_quote_stays(words: str) -> None:
    assert trim_reply(words) == words


def test_nothing_new_leaves_nothing() -> None:
    assert trim_reply(quoted(OURS)) == ""
    assert trim_reply("") == ""
    assert trim_reply("Sent from my iPhone") == ""


@given(st.text(max_size=400))
def test_whatever_comes_it_comes_back_no_longer(text: str) -> None:
    assert len(trim_reply(text)) <= len(text)
