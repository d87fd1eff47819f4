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
