"""What was typed into a draft that somebody gave up meanwhile: nothing is left to save it in."""

import re
from collections.abc import Mapping

from django.utils.text import Truncator

LABELS = {
    "what": "What you needed",
    "own_reference": "Your own reference",
    "amount": "Amount",
    "decided_on": "Chosen on",
    "reason": "Reason",
    "conflict_words": "Links with providers",
    "rule_reason": "Why your rule is not kept",
    "correction": "What the correction is for",
    "name": "Provider",
    "postcode": "Postcode",
    "price": "Its price",
    "words": "What it said",
}
"""Of a field, or of the part of a provider's field before its number."""
OF_PROVIDER = re.compile(r"(name|postcode|price|words)-(new|[0-9]{1,18})")
MOST = 4000
"""Characters of each field: no field that people write in takes more."""


def typed_in(data: Mapping[str, str]) -> list[tuple[str, str]]:
    """What people wrote themselves, with its label, in the order of the page."""
    found = []
    for name in data:
        match = OF_PROVIDER.fullmatch(name)
        label = LABELS.get(match[1] if match else name)
        text = data[name].strip()
        if label and text:
            found.append((label, Truncator(text).chars(MOST)))
    return found
