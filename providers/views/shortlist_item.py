"""One offer on a list: its note, taking it off and putting it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.refused import Refused
from providers.forms.shortlist import NoteForm
from providers.models import ShortlistItem
from providers.services import shortlist as service
from providers.views.holding import become_holder
from providers.views.shortlist import own


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_note(request: HttpRequest, pk: int, item_id: int) -> HttpResponse:
    """What somebody wants to remember about it."""
    item = _item(request, pk, item_id)
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"note": item.note})
    if request.method == "POST" and form.is_valid():
        try:
            service.write_note(
                item=item, holder=become_holder(request), note=form.cleaned_data["note"]
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(item.shortlist)
    context = {"shortlist": item.shortlist, "item": item, "form": form}
    return render(request, "providers/shortlist_note.html", context)


@login_not_required
@require_POST
def shortlist_take_off(request: HttpRequest, pk: int, item_id: int) -> HttpResponse:
    """It can be put back, so nothing asks first."""
    item = _item(request, pk, item_id)
    try:
        service.take_off(item=item, holder=become_holder(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"“{item}” is off the list. You can put it back below.")
    return redirect(item.shortlist)


@login_not_required
@require_POST
def shortlist_put_back(request: HttpRequest, pk: int, item_id: int) -> HttpResponse:
    """With the note that it had."""
    item = _item(request, pk, item_id)
    try:
        service.put_back(item=item, holder=become_holder(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"“{item}” is back on the list.")
    return redirect(item.shortlist)


def _item(request: HttpRequest, pk: int, item_id: int) -> ShortlistItem:
    """Of a list of whoever asks, taken off or not. Raises Http404."""
    items = ShortlistItem.objects.select_related("shortlist").filter(shortlist=own(request, pk))
    return get_object_or_404(items, pk=item_id)
