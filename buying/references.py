"""References that nobody else has."""

from buying.models import Choice, Enquiry
from tslsv.mail.references import new_reference

_TRIES = 10


def free_reference(model: type[Choice] | type[Enquiry]) -> str:
    """Such as ``C-7K2QX`` for a choice, ``E-…`` for an enquiry. It runs a query for each try."""
    for _ in range(_TRIES):
        reference = new_reference(model.__name__[0])
        if not model.objects.filter(reference=reference).exists():
            return reference
    raise RuntimeError("No free reference was found.")


def free_references(model: type[Choice] | type[Enquiry], number: int) -> list[str]:
    """So many at once. A few queries, however many."""
    free: set[str] = set()
    for _ in range(_TRIES):
        tried = {new_reference(model.__name__[0]) for _ in range(number - len(free))} - free
        taken = model.objects.filter(reference__in=tried).values_list("reference", flat=True)
        free |= tried - set(taken)
        if len(free) == number:
            return sorted(free)
    raise RuntimeError("No free references were found.")
