"""What somebody wrote anew in an answer by mail: without the quoted mail and without signatures.

Mail programs mark what they quote in a few ways. Nothing is certain, so what is doubtful stays: too
much in a message does less harm than a sentence that is lost. Only what stands at the end goes; an
answer that is written between the quoted lines stays with its own lines.
"""

import re

# Lines of up to so many after "On …" may follow before "wrote:", as programs break long ones.
_WRAPPED = 4

_QUOTED = re.compile(r"\s*>")
_WROTE = re.compile(
    r"\s*(?:On\b.{4,300}|.{4,200}[<(]\S+@\S+[>)].{0,60})\b(?:wrote|writes|said)\s*:\s*",
    re.IGNORECASE,
)
_ON = re.compile(r"\s*On\b.{0,200}", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"\s*[-_*]{2,}\s*(?:original|forwarded|reply) message\s*[-_*]{2,}\s*",
    re.IGNORECASE,
)
_BEGIN_FORWARDED = re.compile(r"\s*begin forwarded message:\s*", re.IGNORECASE)
_RULE = re.compile(r"\s*_{20,}\s*")
_HEADER = re.compile(r"\s*\*?(from|sent|date|to|cc|subject|reply-to)\*?\s*:\*?\s+\S", re.IGNORECASE)
_SIGNATURE = re.compile(r"(?:--|—|–) ?")
_DEVICE = re.compile(
    r"\s*(?:sent (?:from|with|via)|get) (?:my|outlook|yahoo|aol|the|mail|samsung|proton)\b.{0,80}",
    re.IGNORECASE,
)
_OUTLOOK_FOOT = re.compile(r"\s*get outlook for \w+.*", re.IGNORECASE)


def trim_reply(text: str) -> str:
    """The new words of a plain-text answer; empty when there are none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").split("\n")
    lines = lines[: _quote_begins(lines)]
    lines = _without_quoted_end(lines)
    lines = lines[: _signature_begins(lines)]
    return "\n".join(line.rstrip() for line in _without_devices(lines)).strip()


def _quote_begins(lines: list[str]) -> int:
    """The first line of the mail that is answered, or of what a program writes above it."""
    for at, line in enumerate(lines):
        if _ORIGINAL.fullmatch(line) or _BEGIN_FORWARDED.fullmatch(line):
            return at
        if _is_header_block(lines, at):
            return at - 1 if at and _RULE.fullmatch(lines[at - 1]) else at
        if _wrote(lines, at) and _nothing_new_after(lines, at):
            return at
    return len(lines)


def _is_header_block(lines: list[str], at: int) -> bool:
    """Outlook's: "From:", and within the next few lines "Sent:" or "Date:", and "Subject:"."""
    first = _HEADER.match(lines[at])
    if not first or first[1].lower() != "from":
        return False
    names = {found[1].lower() for line in lines[at : at + 7] if (found := _HEADER.match(line))}
    return bool(names & {"sent", "date"}) and "subject" in names


def _wrote(lines: list[str], at: int) -> bool:
    """Whether "On …, somebody wrote:" begins here, perhaps broken over several lines."""
    if not _ON.match(lines[at]) and not _WROTE.fullmatch(lines[at]):
        return False
    joined = ""
    for line in lines[at : at + _WRAPPED]:
        joined = f"{joined} {line.strip()}".strip()
        if _WROTE.fullmatch(joined):
            return True
        if not line.strip():
            return False
    return False


def _nothing_new_after(lines: list[str], at: int) -> bool:
    """Whether only quoted lines follow. Without any mark of a quote all that follows is taken for
    one: some programs mark none.
    """
    rest = [line for line in lines[at:] if line.strip()]
    while rest and not _QUOTED.match(rest[0]) and len(rest) > 1 and not _ends_intro(rest[0]):
        rest = rest[1:]
    rest = rest[1:] if rest and not _QUOTED.match(rest[0]) else rest
    marked = [bool(_QUOTED.match(line)) for line in rest]
    return all(marked) or not any(marked)


def _ends_intro(line: str) -> bool:
    return line.rstrip().endswith(":")


def _without_quoted_end(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    kept = lines[:end]
    # What introduced the quote that went.
    for back in range(1, _WRAPPED + 1):
        if len(kept) >= back and end < len(lines) and _wrote(kept, len(kept) - back):
            return kept[:-back]
    return kept


def _signature_begins(lines: list[str]) -> int:
    """The line of two dashes. In the middle of much text it is no signature but a rule."""
    for at in range(len(lines) - 1, -1, -1):
        if _SIGNATURE.fullmatch(lines[at]) and len(lines) - at <= 15:
            return at
    return len(lines)


def _without_devices(lines: list[str]) -> list[str]:
    """Without "Sent from my telephone" at the end."""
    kept = list(lines)
    while kept and (
        not kept[-1].strip() or _DEVICE.fullmatch(kept[-1]) or _OUTLOOK_FOOT.fullmatch(kept[-1])
    ):
        kept.pop()
    return kept
