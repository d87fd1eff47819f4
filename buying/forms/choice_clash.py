"""A draft that somebody else saved meanwhile: what they saved beside what was typed."""

import re
from collections.abc import Iterator

from django.utils.text import Truncator

from buying.forms.choice import DraftForm
from buying.forms.choice_fields import label_of
from buying.models import ChoiceVersion
from buying.record import facts_of
from buying.services.draft import Entry, version_of_draft

SHOWN = 300
MEANWHILE = (
    "Somebody else saved this draft while you were writing, perhaps you in another window. Nothing "
    "is lost: where the two differ, what they saved is said beside the field and yours is in it. "
    "Save again to put yours in its place."
)
TAKEN_OUT = "Taken out meanwhile: {name}. Add it again if it belongs here."


def after_clash(form: DraftForm, now: ChoiceVersion) -> DraftForm:
    """A form with what was typed over what stands now, and beside each field what was saved
    meanwhile where it differs. Sending it puts what was typed in place.
    """
    mine, entries = form.values(), {entry.key: entry for entry in form.entries()}
    fresh = DraftForm({**form.data, "seen": version_of_draft(now)}, draft=now)
    fresh.is_valid()
    fresh.add_error(None, MEANWHILE)
    before = {fact.name: fact.text for fact in facts_of(now)}
    for name, value in mine.items():
        field = name.removesuffix("_id")
        if getattr(now, name) != value and field in fresh.fields:
            saved = before.get(field) or ("ticked" if getattr(now, name) is True else "nothing")
            fresh.add_error(field, f"Saved meanwhile: {Truncator(saved).chars(SHOWN)}.")
    for row in fresh.rows:
        entry = entries.get(row.pk)
        if entry is not None and entry.shown[:-1] != Entry.of(row).shown[:-1]:
            fresh.add_error(f"answer-{row.pk}", f"Saved meanwhile: {label_of(row)}.")
    for name in _gone(fresh):
        fresh.add_error(None, TAKEN_OUT.format(name=name))
    theirs = next((row for row in fresh.rows if row.chosen), None)
    if str(theirs.pk if theirs else "") != fresh.cleaned_data.get("chosen", ""):
        fresh.add_error("chosen", f"Saved meanwhile: {theirs.name if theirs else 'nobody'}.")
    return fresh


def _gone(form: DraftForm) -> Iterator[str]:
    """Names of those that were sent and that somebody else took out meanwhile."""
    known = {f"answer-{row.pk}" for row in form.rows}
    for name in form.data:
        if re.fullmatch(r"answer-[0-9]{1,18}", name) and name not in known:
            typed = form.data.get(name.replace("answer", "name"), "")
            yield Truncator(typed).chars(SHOWN) or "one provider"
