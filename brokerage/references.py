"""References that nobody else has."""

from brokerage.models import Exchange, Notice
from tslsv.mail.references import new_reference

_TRIES = 10


def free_notice_reference(side: Notice.Side) -> str:
    """Such as ``N-7K2QX`` for a need, ``O-…`` for an offer. It runs a query for each try."""
    for _ in range(_TRIES):
        reference = new_reference("N" if side == Notice.Side.NEED else "O")
        if not Notice.objects.filter(reference=reference).exists():
            return reference
    raise RuntimeError("No free reference was found.")


def free_exchange_reference() -> str:
    """Such as ``X-7K2QX``. It runs a query for each try."""
    for _ in range(_TRIES):
        reference = new_reference("X")
        if not Exchange.objects.filter(reference=reference).exists():
            return reference
    raise RuntimeError("No free reference was found.")
