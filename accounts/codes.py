"""Codes by which addresses and files name a row: made from its first label, and never changed."""

from collections.abc import Collection

from django.utils.text import slugify


def free_code(label: str, taken: Collection[str], *, otherwise: str, longest: int) -> str:
    """A slug of ``label`` of at most ``longest`` characters that is not taken yet.

    ``otherwise`` stands for a label with no letter that a slug can hold.
    """
    base = slugify(label)[:longest].strip("-") or otherwise
    code, number = base, 2
    while code in taken:
        ending = f"-{number}"
        code, number = f"{base[: longest - len(ending)]}{ending}", number + 1
    return code
