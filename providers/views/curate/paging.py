"""Which page of a list is asked for."""

from django.http import Http404, HttpRequest

LONGEST = 9


def page_number(request: HttpRequest) -> int:
    """The number of the page, 1 where none is given. Raises Http404 for what is no number."""
    text = request.GET.get("page", "") or "1"
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST or int(text) < 1:
        raise Http404("There is no such page.")
    return int(text)
