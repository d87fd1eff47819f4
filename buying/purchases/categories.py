"""What a category may be called in a file."""

from providers.models import Term


def by_name() -> dict[str, str]:
    """The code of each category on offer by its label and code in small letters; the codes of
    merged ones mean those that they went into. One query.
    """
    names: dict[str, str] = {}
    terms = Term.objects.on_offer_or_merged().of(Term.Facet.CATEGORY).select_related("successor")
    for term in terms.order_by("active", "pk"):  # what is on offer goes before what was merged
        means = term.successor or term
        names[term.label.casefold()] = means.code
        names[term.code.casefold()] = means.code
    return names


def ids() -> dict[str, int]:
    """The id of each category by its code. One query."""
    terms = Term.objects.of(Term.Facet.CATEGORY)
    return dict(terms.values_list("code", "pk"))


def options() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """The categories on offer for a select, grouped by the main ones. One query."""
    terms = list(Term.objects.active().of(Term.Facet.CATEGORY).order_by("position", "label", "pk"))
    below: dict[int | None, list[Term]] = {}
    for term in terms:
        below.setdefault(term.parent_id, []).append(term)

    def inside(term: Term, depth: int) -> list[tuple[str, str]]:
        found = []
        for inner in below.get(term.pk, []):
            found.append((inner.code, f"{'– ' * depth}{inner.label}"))
            found += inside(inner, depth + 1)
        return found

    return [
        ("", "Not said"),
        *(
            (main.label, [(main.code, f"{main.label}, in general"), *inside(main, 0)])
            for main in below.get(None, [])
        ),
    ]
