"""Amounts of money as people type them."""

import re
from decimal import Decimal

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from tslsv.ui.fields import MoneyField
from tslsv.ui.money import COMMA, MOST, NEGATIVE, PENCE, TOO_MUCH, UNREADABLE, parse_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("240", "240.00"),
        ("£1,200.50", "1200.50"),
        (" £ 1 200.5 ", "1200.50"),
        ("GBP 12", "12.00"),
        ("12.00gbp", "12.00"),
        ("0", "0.00"),
        (".5", "0.50"),
        ("6.", "6.00"),
        ("1,234,567.89", "1234567.89"),
        ("99999999.99", "99999999.99"),
        ("0012", "12.00"),
    ],
)
def test_what_people_type_is_read(text: str, amount: str) -> None:
    assert str(parse_money(text)) == amount


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.200,50", COMMA),
        ("6,50", COMMA),
        ("1,20", COMMA),
        ("-5", NEGATIVE),
        ("£-5", NEGATIVE),
        ("−5", NEGATIVE),
        ("1e9", UNREADABLE),
        ("+5", UNREADABLE),
        ("NaN", UNREADABLE),
        ("Infinity", UNREADABLE),
        ("", UNREADABLE),
        (".", UNREADABLE),
        ("£", UNREADABLE),
        ("twelve", UNREADABLE),
        ("12p", UNREADABLE),
        ("١٢", UNREADABLE),
        ("12\x00", UNREADABLE),
        ("1_000", UNREADABLE),
        ("=1+1", UNREADABLE),
        ("12.345", PENCE),
        ("100000000", TOO_MUCH),
        ("9" * 10_000, UNREADABLE),
        ("1.2.3", UNREADABLE),
    ],
)
def test_what_cannot_be_read_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_money(text)


@given(st.decimals(min_value=0, max_value=MOST, places=2, allow_nan=False))
def test_whatever_is_written_is_read_again(amount: Decimal) -> None:
    for written in (f"{amount}", f"£{amount:,}", f"{amount:,} "):
        assert parse_money(written) == amount


@given(st.text(max_size=60))
def test_it_reads_or_refuses(text: str) -> None:
    try:
        amount = parse_money(text)
    except ValueError:
        return
    assert 0 <= amount <= MOST
    assert amount.as_tuple().exponent == -2


class AmountForm(forms.Form):
    amount = MoneyField(label="Amount", required=False)
    needed = MoneyField(label="Needed")


def test_a_field_gives_a_decimal_or_the_words() -> None:
    form = AmountForm({"amount": "", "needed": "£12"})
    assert form.is_valid()
    assert form.cleaned_data == {"amount": None, "needed": Decimal("12.00")}
    form = AmountForm({"amount": "1.200,50", "needed": ""})
    assert form.errors == {"amount": [COMMA], "needed": [UNREADABLE]}
    assert 'value="1.200,50"' in str(form["amount"])
    assert 'value="1200.50"' in str(AmountForm(initial={"amount": Decimal("1200.50")})["amount"])
    assert AmountForm({"needed": "12\x00"}).errors["needed"] == [UNREADABLE]
