"""Which line of a buyer's own rules applies to an amount, and whether it was kept."""

from collections.abc import Sequence
from decimal import Decimal

from accounts.models import Organisation
from buying.models import Choice, ChoiceVersion, Considered, Threshold


def line_for(organisation: Organisation, amount: Decimal) -> Threshold | None:
    """The line with the smallest limit that the amount (pounds excluding VAT) does not pass, else
    the one without a limit; None where no line speaks of so much, or nothing is written down.
    """
    return line_among(lines_of(organisation), amount)


def lines_of(organisation: Organisation) -> list[Threshold]:
    """The lines of a buyer, the lowest limit first. One query."""
    return list(Threshold.objects.filter(rules__organisation=organisation).order_by("up_to"))


def line_among(lines: Sequence[Threshold], amount: Decimal) -> Threshold | None:
    """That of ``line_for``, among the lines of one buyer."""
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
    version.rule_met = is_met(version.choice, version.rule_ask, number_asked(version))


def is_met(choice: Choice, ask: int | None, asked: int) -> bool | None:
    """Whether enough were asked; None where no rule applies, and where nobody knows: of a purchase
    made elsewhere it may not be written down whom the buyer asked.
    """
    if ask is None or (choice.origin == Choice.Origin.ELSEWHERE and not asked):
        return None
    return asked >= ask


def number_asked(version: ChoiceVersion) -> int:
    """How many of the considered providers were asked. This runs a query."""
    return version.considered.exclude(answer=Considered.Answer.NOT_ASKED).count()
