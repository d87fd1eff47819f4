"""Words that an organisation's address may not be, since pages stand or will stand there."""

from django.core.exceptions import ValidationError

RESERVED = frozenset(
    {
        "alert", "alerts", "choices", "choose", "claim", "claims", "compare", "curate", "data",
        "edit", "embed", "enquiries", "erased", "feed", "how-partners-choose", "invitations",
        "invited", "join", "map", "my", "new", "organisations", "photos", "preview", "record",
        "report", "results", "search", "shortlist", "spend", "still-right", "words",
    }
)  # fmt: skip


def not_reserved(slug: str) -> None:
    """Raises ValidationError for a word that a page has."""
    if slug in RESERVED:
        raise ValidationError("This address belongs to a page of the site. Add a word to it.")
