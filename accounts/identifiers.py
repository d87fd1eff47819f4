"""Formats of register numbers, by org-id prefix.

Source of the formats: the org-id register (prefix lists), and for VAT the 97-mod-97 rule of HMRC.
"""

import re
from dataclasses import dataclass

# The dashes that telephones and word processors put in place of "-", too.
_SPACES = re.compile(r"[\s./\u2010-\u2015\u2212-]+")


@dataclass(frozen=True, slots=True)
class Scheme:
    """A register: its org-id prefix, what people call its number, and the shape of one."""

    code: str
    label: str
    pattern: re.Pattern[str]
    shape: str


SCHEMES = (
    Scheme("GB-CHC", "Charity number", re.compile(r"[1-9]\d{5,6}"), "6 or 7 digits"),
    Scheme(
        "GB-COH",
        "Company number",
        re.compile(r"\d{8}|[A-Z]{2}\d{6}|[A-Z]\d{7}|(?:IP|SP|NP|RS)\d{5}[A-Z0-9]"),
        "8 characters, for example 01234567 or SC123456",
    ),
    Scheme(
        "GB-MPR",
        "Mutual number",
        re.compile(r"(?:IP|SP|NP|RS|NI|BS|CU|FS)?0*\d{1,6}[A-Z]{0,2}"),
        "up to 6 digits, and perhaps letters before or after",
    ),
    Scheme("GB-NHS", "NHS organisation code", re.compile(r"[A-Z0-9]{3,10}"), "3 to 10 characters"),
    Scheme("VAT", "VAT number", re.compile(r"\d{9}(?:\d{3})?"), "9 or 12 digits"),
)
_BY_CODE = {scheme.code: scheme for scheme in SCHEMES}


def clean_identifier(scheme: str, value: str) -> str:
    """The number in its one written form: upper case, no spaces, company numbers zero-padded to 8.

    Raises ValueError, in words for people, when the scheme is unknown or the shape is wrong. The
    right shape does not prove that the number exists.
    """
    known = _BY_CODE.get(scheme)
    if known is None:
        raise ValueError(f"There is no register with the code {scheme!r}.")
    number = _SPACES.sub("", value).upper()
    if scheme == "VAT" and number.startswith("GB"):
        number = number[2:]
    if scheme == "GB-COH" and number.isdigit():
        number = number.zfill(8)
    elif scheme == "GB-COH" and (match := re.fullmatch(r"([A-Z]{2})(\d{1,6})", number)):
        number = match[1] + match[2].zfill(6)
    if not number.isascii() or not known.pattern.fullmatch(number):
        raise ValueError(f"{known.label}: enter {known.shape}.")
    if scheme == "VAT" and not _vat_checks(number[:9]):
        raise ValueError("VAT number: its check digits are not right.")
    return number


def _vat_checks(number: str) -> bool:
    """97-mod-97: the weighted sum of all nine digits leaves 0 (old series) or 42 (since 2010)."""
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 1)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True))
    allowed = {0, 42, 55} if int(number[:3]) >= 100 else {0}
    return total % 97 in allowed
