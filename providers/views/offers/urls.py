"""The addresses of an offer's pages, once for each door (see ``writing``)."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from providers.views.offers import claims, photos, preview, sections, sending, states, task_list
from providers.views.offers.writing import Page

type Methods = Callable[[Page], Any]

FORM = require_http_methods(["GET", "HEAD", "POST"])

# Address, page, methods. What a section is called comes last: it would be any word.
PAGES: tuple[tuple[str, Page, Methods], ...] = (
    ("", task_list.offer, require_safe),
    ("check/", sending.check, require_safe),
    ("send/", sending.send, require_POST),
    ("sent/", sending.sent, require_safe),
    ("take-back/", sending.take_back, require_POST),
    ("preview/", preview.preview, require_safe),
    ("photos/", photos.photos, FORM),
    ("photos/<int:photo_id>/", photos.photo, FORM),
    ("photos/<int:photo_id>/move/", photos.move_photo, require_POST),
    ("photos/<int:photo_id>/remove/", photos.remove_photo, FORM),
    ("accreditations/", claims.accreditations, FORM),
    ("accreditations/<int:claim_id>/", claims.accreditation, FORM),
    ("accreditations/<int:claim_id>/remove/", claims.remove_accreditation, FORM),
    ("edi/withdraw/", claims.withdraw_edi, require_POST),
    ("changes/send/", sending.send_changes, require_POST),
    ("changes/give-up/", sending.give_up_changes, FORM),
    ("archive/", states.archive, FORM),
    ("restore/", states.restore, require_POST),
)
# Of what is public already, so never somebody's who registers.
OF_MEMBERS: tuple[tuple[str, Page, Methods], ...] = (
    ("pause/", states.pause, require_POST),
    ("resume/", states.resume, require_POST),
    ("confirm/", states.confirm, require_POST),
)
SECTION: tuple[str, Page, Methods] = ("<slug:section_name>/", sections.section, FORM)


def pages(
    door: Callable[[Page], Page], start: str, prefix: str = "", *, public: bool = True
) -> list[URLPattern]:
    """The pages behind one door, below the address ``start``; names begin with ``prefix``.

    With ``public``, also what is done with an offer that is public.
    """
    wanted = [*PAGES, *(OF_MEMBERS if public else ()), SECTION]
    return [
        path(f"{start}{address}", methods(door(page)), name=f"{prefix}{page.__name__}")
        for address, page, methods in wanted
    ]
