"""Two texts, with what was taken out of the one and put into the other marked."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WORDS = re.compile(r"\s+|[^\s]+")
LONGEST = 1200
"""With more words than this the whole texts are marked: comparing them would take seconds."""


def marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Both as HTML: ``<del>`` around words that went, ``<ins>`` around new ones.

    The marks are also said in words, which are not seen.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > LONGEST or not old or not new:
        return _mark("del", "removed", before), _mark("ins", "new", after)
    left: list[SafeString] = []
    right: list[SafeString] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            left.append(format_html("{}", "".join(old[a:b])))
            right.append(format_html("{}", "".join(new[c:d])))
            continue
        left.append(_mark("del", "removed", "".join(old[a:b])))
        right.append(_mark("ins", "new", "".join(new[c:d])))
    return _joined(left), _joined(right)


def _mark(tag: str, word: str, text: str) -> SafeString:
    if not text:
        return SafeString("")
    start, end = SafeString(f"<{tag}>"), SafeString(f"</{tag}>")
    said = '{}<span class="vh">[{}: </span>{}<span class="vh">]</span>{}'
    return format_html(said, start, word, text, end)


def _joined(pieces: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))
