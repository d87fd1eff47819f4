"""Photos of an offer: one at a time, each with its words."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.refused import Refused
from providers.forms.offer_photo import AltForm, PhotoForm
from providers.models import Photo
from providers.services.photos import (
    add_photo,
    describe_photo,
    shown_photos,
)
from providers.services.photos import move_photo as move
from providers.services.photos import remove_photo as remove
from providers.views.offers.doing import do
from providers.views.offers.sections import saved_words, shut_page
from providers.views.offers.writing import Writing
from tslsv import limits

PHOTOS_AN_HOUR = 40
HOUR = 3600
TOO_MANY = "That were many photos within an hour. Please send this one again later."


def photos(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Those that are there, and a form for one more while there is room."""
    if shut := shut_page(request, writing):
        return shut
    form, status = PhotoForm(), 200
    if request.method == "POST":
        if not limits.allow("photos", limits.client_network(request), PHOTOS_AN_HOUR, HOUR):
            messages.error(request, TOO_MANY)
            status = 429
        else:
            form = PhotoForm(request.POST, request.FILES)
            status = _add(request, writing, form)
            if status == 302:
                return redirect(writing.url("photos"))
    shown = shown_photos(writing.listing, writing.said)
    context = writing.context(
        form=form if len(shown) < Photo.MOST else None,
        most=Photo.MOST,
        rows=[
            {
                "photo": row,
                "url": writing.url("photo", row.pk),
                "move_url": writing.url("move_photo", row.pk),
                "remove_url": writing.url("remove_photo", row.pk),
            }
            for row in shown
        ],
    )
    return render(request, "offers/photos.html", context, status=status)


def _add(request: HttpRequest, writing: Writing, form: PhotoForm) -> int:
    """302 when it is there, else how to answer with the form."""
    if not form.is_valid():
        return 200
    try:
        add_photo(
            listing=writing.listing,
            picture=form.cleaned_data["photo"],
            alt=form.cleaned_data["alt"],
            author=writing.author,
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return 409
    messages.success(request, saved_words(writing))
    return 302


def photo(request: HttpRequest, writing: Writing, photo_id: int) -> HttpResponse:
    """Change the words of one."""
    if shut := shut_page(request, writing):
        return shut
    found = _photo_or_404(writing, photo_id)
    form = AltForm(request.POST if request.method == "POST" else None, initial={"alt": found.alt})
    if request.method == "POST" and form.is_valid():
        return do(
            request,
            lambda: describe_photo(
                listing=writing.listing,
                photo_id=photo_id,
                alt=form.cleaned_data["alt"],
                author=writing.author,
            ),
            "Saved.",
            writing.url("photos"),
        )
    return render(request, "offers/photo.html", writing.context(form=form, photo=found))


def move_photo(request: HttpRequest, writing: Writing, photo_id: int) -> HttpResponse:
    """One place earlier or later."""
    _photo_or_404(writing, photo_id)
    by = -1 if request.POST.get("to") == "earlier" else 1
    return do(
        request,
        lambda: move(listing=writing.listing, photo_id=photo_id, by=by, author=writing.author),
        "Moved.",
        writing.url("photos"),
    )


def remove_photo(request: HttpRequest, writing: Writing, photo_id: int) -> HttpResponse:
    """Asks once more, then removes it."""
    if shut := shut_page(request, writing):
        return shut
    found = _photo_or_404(writing, photo_id)
    if request.method == "POST":
        return do(
            request,
            lambda: remove(listing=writing.listing, photo_id=photo_id, author=writing.author),
            "The photo is removed.",
            writing.url("photos"),
        )
    return render(request, "offers/remove_photo.html", writing.context(photo=found))


def _photo_or_404(writing: Writing, photo_id: int) -> Photo:
    for found in shown_photos(writing.listing, writing.said):
        if found.pk == photo_id:
            return found
    raise Http404("no such photo")
