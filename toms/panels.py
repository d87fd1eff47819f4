"""What the register shows on the pages under /my/."""

from django.urls import reverse

from accounts.models import Organisation, User
from accounts.permissions import is_curator
from accounts.registry import Panel, Waiting
from toms.models import Comment


def uses_panel(organisation: Organisation) -> Panel:
    """Which releases it says that it uses. One query."""
    standing = organisation.toms_adoptions.standing().select_related("release")
    return Panel(
        "The Leeds TOMs",
        "my_toms/parts/uses.html",
        {
            "releases": [row.release for row in standing],
            "url": reverse("my_toms:adoptions", args=[organisation.slug]),
        },
    )


def waiting_comments(user: User) -> list[Waiting]:
    """For a curator: that comments wait to be read."""
    if not is_curator(user):
        return []
    first = Comment.objects.waiting().first()
    if first is None:
        return []
    number = Comment.objects.waiting().count()
    return [
        Waiting(
            text=f"{number} comment{' waits' if number == 1 else 's wait'} on the Leeds TOMs",
            url=reverse("curate_comments:comment_list"),
            action="Read it" if number == 1 else "Read them",
            since=first.confirmed_at,
        )
    ]
