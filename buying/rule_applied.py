"""Which line of a buyer's own rules applies to an amount, and whether it was kept."""

from decimal import Decimal

from accounts.models import Organisation
from buying.models import ChoiceVersion, Considered, Threshold


def line_for(organisation: Organisation, amount: Decimal) -> Threshold | None:
    """The line with the smallest limit that the amount (pounds excluding VAT) does not pass, else
    the one without a limit; None where no line speaks of so much, or nothing is written down.
    """
    lines = list(Threshold.objects.filter(rules__organisation=organisation).order_by("up_to"))
    limited = (line for line in lines if line.up_to is not None and amount <= line.up_to)
    return next(limited, None) or next((line for line in lines if line.up_to is None), None)


def apply_rule(version: ChoiceVersion) -> None:
    """Set, but do not save, the rule that a draft with an amount falls under, as it reads today.

    It is met when as many providers were asked as it says; one that only was looked at was not.
    """
    line = None
    if version.amount is not None:
        line = line_for(version.choice.organisation, version.amount)
    version.rule_up_to = line.up_to if line else None
    version.rule_ask = line.ask if line else None
    version.rule_words = line.words if line else ""
    version.rule_met = number_asked(version) >= line.ask if line else None


def number_asked(version: ChoiceVersion) -> int:
    """How many of the considered providers were asked. This runs a query."""
    return version.considered.exclude(answer=Considered.Answer.NOT_ASKED).count()
