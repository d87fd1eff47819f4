"""What a term of former times means today, and under which main category it comes."""

from dataclasses import dataclass

from providers.models import Term

RETIRED = "{label} (no longer in use)"


@dataclass(frozen=True, slots=True)
class Terms:
    """Every term of some facets by its id. Merged ones lead on; the tree is followed upwards."""

    by_id: dict[int, Term]

    @classmethod
    def of(cls, *facets: str) -> "Terms":
        """Those of the facets in the order given. One query."""
        rows = Term.objects.filter(facet__in=facets).order_by("position", "label", "pk")
        ordered = sorted(rows, key=lambda term: facets.index(term.facet))
        return cls({term.pk: term for term in ordered})

    def now(self, pk: int) -> Term:
        """The term itself, or the one that it went into."""
        term = self.by_id[pk]
        for _ in self.by_id:  # so often at most, whatever points at what
            if term.successor_id is None or term.successor_id not in self.by_id:
                break
            term = self.by_id[term.successor_id]
        return term

    def main(self, pk: int) -> Term:
        """The main category that it comes under now."""
        term = self.now(pk)
        for _ in self.by_id:
            if term.parent_id is None or term.parent_id not in self.by_id:
                break
            term = self.now(term.parent_id)
        return term

    def under(self, main: Term) -> set[int]:
        """Ids of all that come under a main category now."""
        return {pk for pk in self.by_id if self.main(pk).pk == main.pk}

    def meaning(self, term: Term) -> set[int]:
        """Ids of all that mean this term now."""
        return {pk for pk in self.by_id if self.now(pk).pk == term.pk}

    def merged(self) -> dict[int, int]:
        """Ids of terms that mean another one now, and that one's."""
        return {pk: now.pk for pk in self.by_id if (now := self.now(pk)).pk != pk}

    def places(self) -> dict[int, int]:
        """In which order they stand in the vocabulary."""
        return {pk: place for place, pk in enumerate(self.by_id)}


def label(term: Term) -> str:
    return term.label if term.active else RETIRED.format(label=term.label)
