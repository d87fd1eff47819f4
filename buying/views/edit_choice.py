"""From the answers to a filed record: one page."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Membership, Organisation
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.forms.choice import DraftForm
from buying.forms.choice_clash import after_clash
from buying.forms.choice_gone import typed_in
from buying.models import Choice, ChoiceVersion, Considered
from buying.record import rule_words
from buying.rule_applied import apply_rule, is_met, line_for, number_asked
from buying.services.choice import FILED, discard_draft
from buying.services.considering import (
    NOT_LISTED,
    bring_in_answers,
    likely,
    match_typed,
    newer_answers,
)
from buying.services.draft import DraftChanged, save_and_file, save_draft, version_of_draft
from tslsv.ui.money import in_pounds

NOT_KEPT = (
    "Your own rule says to ask {ask}, and you asked {asked}. You can file it all the same: say "
    "why, or press “File it” once more to file it without a reason."
)
CORRECTED = (
    "This correction was filed or given up in the meantime. What is filed stands, and you can "
    "correct it."
)
_MATCH = re.compile(r"match-([0-9]{1,18})-([0-9]{1,18})")
TYPED = "What you typed is still below, in case that has to be corrected."


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
@never_cache
def edit_choice(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Write the draft, save it, file it. Somebody else's words meanwhile are shown beside one's
    own (409), and nothing is lost.
    """
    organisation = membership.organisation
    draft = _draft(organisation, pk)
    if draft is None:
        return _filed_meanwhile(request, organisation, pk)
    if request.method != "POST":
        return _page(request, draft, DraftForm(draft=draft))
    return _save(request, draft)


def _save(request: HttpRequest, draft: ChoiceVersion) -> HttpResponse:
    """Do what the button says; the page again with words where that cannot be done."""
    act, organisation = request.POST.get("act", "save"), draft.choice.organisation
    form = DraftForm(request.POST, draft=draft, filing=act == "file")
    if not form.is_valid() or (act == "file" and _warns(form, draft)):
        return _page(request, draft, form)
    try:
        _do(request, act, form, draft)
    except DraftChanged as clash:
        return _page(request, clash.now, after_clash(form, clash.now), status=409)
    except Refused as refused:
        if _draft(organisation, draft.choice_id) is None:  # filed or given up at this moment
            return _filed_meanwhile(request, organisation, draft.choice_id)
        form.add_error(None, str(refused))
        return _page(request, draft, form, status=409)
    name = "choice" if act == "file" else "edit_choice"
    onward = reverse(f"my_buying:{name}", args=[organisation.slug, draft.choice_id])
    # Browsers would keep the place of the page before.
    stays = act in {"add", "answers"} or _MATCH.fullmatch(act)
    return redirect(f"{onward}#{'considered' if stays else 'main'}")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def give_up_choice(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Asks first: what was written in a draft goes for good. What was filed stays."""
    organisation = membership.organisation
    draft = _draft(organisation, pk)
    if draft is None:
        return _filed_meanwhile(request, organisation, pk)
    if request.method == "POST":
        try:
            discard_draft(version=draft, by=signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"The draft of {draft.choice} is gone.")
        return redirect("my_buying:choices", slug=organisation.slug)
    context = {"organisation": organisation, "draft": draft}
    return render(request, "my_buying/give_up_choice.html", context)


def _draft(organisation: Organisation, pk: int) -> ChoiceVersion | None:
    return (
        ChoiceVersion.objects.drafts()
        .filter(choice=pk, choice__organisation=organisation)
        .select_related("choice__organisation", "category")
        .first()
    )


def _filed_meanwhile(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """To the record; whoever had typed something sees it once more, also when the whole choice was
    given up. Raises Http404 for what is not there, if nothing was typed.
    """
    standing = (
        ChoiceVersion.objects.filter(stands=True, choice=pk, choice__organisation=organisation)
        .select_related("choice__organisation", "category")
        .first()
    )
    wrote = request.method == "POST" and "what" in request.POST
    if standing is None:
        if not wrote or Choice.objects.filter(pk=pk).exists():
            raise Http404("no such choice")
        context = {"organisation": organisation, "typed": typed_in(request.POST)}
        return render(request, "my_buying/choice_gone.html", context, status=409)
    if not wrote:
        return redirect("my_buying:choice", slug=organisation.slug, pk=pk)
    form = DraftForm(request.POST, draft=standing)
    form.is_valid()
    # Of a correction it cannot be told which: a form does not say what number it was to be.
    what_happened = CORRECTED if request.POST.get("correction", "").strip() else FILED
    form.add_error(None, f"{what_happened} {TYPED}")
    return _page(request, standing, form, status=409)


def _warns(form: DraftForm, draft: ChoiceVersion) -> bool:
    """Whether to ask, once, why a rule is not kept."""
    said, before = form.cleaned_data, _before(draft)
    if before is not None and before.amount == said["amount"]:
        ask = before.rule_ask
    else:
        line = line_for(draft.choice.organisation, said["amount"])
        ask = line.ask if line else None
    asked = sum(entry.answer != Considered.Answer.NOT_ASKED for entry in form.entries())
    if said["rule_reason"] or said["warned"] == str(ask):
        return False
    if is_met(draft.choice, ask, asked) is not False:
        return False
    form.warn(str(ask), NOT_KEPT.format(ask=ask, asked=asked or "none"))
    return True


def _before(draft: ChoiceVersion) -> ChoiceVersion | None:
    """What a draft corrects, if it corrects anything."""
    return draft.choice.versions.filter(stands=True).first()


def _do(request: HttpRequest, act: str, form: DraftForm, draft: ChoiceVersion) -> None:
    """Raises Refused, and DraftChanged among it."""
    user = signed_in(request)
    work: Any = save_and_file if act == "file" else save_draft
    saved: ChoiceVersion = work(
        version=draft,
        by=user,
        seen=form.cleaned_data["seen"],
        values=form.values(),
        entries=form.entries(),
        own_reference=form.cleaned_data.get("own_reference"),
    )
    if act == "file":
        messages.success(request, f"Filed. Its reference is {saved.choice.reference}.")
    elif act == "answers":
        number = bring_in_answers(version=saved, seen=version_of_draft(saved), by=user)
        messages.success(request, f"Saved. Answers brought in: {number}.")
    elif matched := _MATCH.fullmatch(act):
        row, organisation = map(int, matched.groups())
        found = Organisation.objects.filter(pk=organisation).first()
        if found is None:
            raise Refused(NOT_LISTED)
        match_typed(
            version=saved, row=row, organisation=found, seen=version_of_draft(saved), by=user
        )
        messages.success(request, f"Saved. {found} is on the list.")
    else:
        messages.success(request, "Saved as a draft. Nothing is filed yet.")


def _page(
    request: HttpRequest, draft: ChoiceVersion, form: DraftForm, *, status: int = 200
) -> HttpResponse:
    organisation = draft.choice.organisation
    context: dict[str, Any] = {
        "organisation": organisation,
        "draft": draft,
        "choice": draft.choice,
        "form": form,
        "is_open": draft.filed_at is None,
    }
    if draft.filed_at is None:
        apply_rule(draft, _before(draft))
        context |= {
            "rule": rule_words(draft) if draft.rule_ask is not None else "",
            "asked": number_asked(draft),
            "newer": newer_answers(draft),
            "likely": likely(draft),
            "other_price": _other_price(draft),
        }
    return render(request, "my_buying/edit_choice.html", context, status=status)


def _other_price(draft: ChoiceVersion) -> str:
    """The price that the chosen one gave, where the amount is another."""
    chosen = draft.considered.filter(chosen=True).first()
    if chosen is None or chosen.price is None or draft.amount in {None, chosen.price}:
        return ""
    return in_pounds(chosen.price)
