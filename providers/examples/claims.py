"""Example claims: what organisations say of themselves, and how well it is known."""

import datetime
from random import Random

from accounts.models import Organisation
from providers.examples.hands import Hand
from providers.examples.words import Fair, fitting, sector_of
from providers.models import Claim, Term

Form = Organisation.LegalForm
Facet = Term.Facet
Level = Claim.Level
Key = tuple[str, str]

# What the legal form itself proves.
_BY_FORM: dict[str, Key] = {
    Form.COOPERATIVE: (Facet.ETHOS, "member-owned"),
    Form.CREDIT_UNION: (Facet.ETHOS, "member-owned"),
    Form.COMMUNITY_BENEFIT: (Facet.ETHOS, "community-owned"),
    Form.CIC: (Facet.ETHOS, "reinvests-its-surplus"),
}
_OWNERSHIP = frozenset({"member-owned", "community-owned", "owned-by-its-workers"})
_NOT_FOR_PROFIT = frozenset({"reinvests-its-surplus", "pay-what-you-can"})
_LED = (
    "women", "women", "women", "people-of-colour", "people-of-colour", "disabled-people",
    "older-people", "young-people", "lgbtq-people", "refugees-and-migrants", "lived-experience",
    "neurodivergent-people", "faith-communities", "carers",
)  # fmt: skip

# Nothing can be both of these.
_EXCLUSIVE = ({"food-hygiene-5", "food-hygiene-4"}, {"halal", "kosher"})

_EVIDENCE = {
    Level.DECLARED: ("", "", "The certificate hangs in the hall."),
    Level.EVIDENCED: (
        "A letter is on file.",
        "The certificate was sent in.",
        "Described in the last annual report.",
    ),
    Level.CHECKED: (
        "A curator saw the certificate.",
        "A curator looked it up in the scheme’s register.",
        "A curator visited and asked.",
    ),
}


def make(
    hand: Hand,
    organisation: Organisation,
    *,
    terms: dict[Key, Term],
    today: datetime.date,
    fair: Fair,
    rng: Random,
) -> list[Claim]:
    """Claims not yet saved: those their texts make, those that fit what they are and do."""
    keys = dict.fromkeys(claim for card in hand.cards for claim in card.offer.claims)
    if hand.form in _BY_FORM:
        keys[_BY_FORM[Form(hand.form)]] = None
    keys.update(dict.fromkeys(_likely(hand, fair, rng)))
    return [
        _claim(organisation, terms[key], today=today, rng=rng)
        for key in _without_contradictions(list(keys))
    ]


def _likely(hand: Hand, fair: Fair, rng: Random) -> list[Key]:
    """A few claims of each facet that suit the main offer and the legal form."""
    category, form = hand.main.category, hand.form
    private = sector_of(form) == Organisation.Sector.PRIVATE
    unlikely = _OWNERSHIP | (_NOT_FOR_PROFIT if private else frozenset())
    ethos = [code for code in category.ethos if code not in unlikely]
    accreditations = fitting(category.accreditations, hand.main.offer.categories[0])
    keys: list[Key] = [(Facet.ETHOS, code) for code in fair.some(ethos, 0, 2)]
    keys += [(Facet.ACCREDITATION, code) for code in fair.some(accreditations, 0, 2)]
    if not private and rng.random() < 0.55:
        keys += [(Facet.EDI_SERVES, code) for code in fair.some(category.serves, 1, 2)]
    if form != Form.PUBLIC_BODY and rng.random() < 0.3:
        keys.append((Facet.EDI_LED, fair.one(_LED)))
    return keys


def _without_contradictions(keys: list[Key]) -> list[Key]:
    kept: list[Key] = []
    for key in keys:
        taken = {code for _, code in kept}
        if not any(key[1] in group and taken & group for group in _EXCLUSIVE):
            kept.append(key)
    return kept


def _claim(organisation: Organisation, term: Term, *, today: datetime.date, rng: Random) -> Claim:
    edi = term.facet in {Facet.EDI_LED, Facet.EDI_SERVES}
    weights = (70, 24, 6) if edi else (38, 32, 30)
    level = rng.choices(list(Level), weights=weights)[0]
    claim = Claim(
        organisation=organisation,
        term=term,
        level=level,
        evidence=rng.choice(_EVIDENCE[level]),
    )
    if level == Level.DECLARED and term.facet != Facet.ACCREDITATION:
        # As on the pages: what is only ticked says no more, and waits for no curator.
        claim.evidence = ""
    if level == Level.CHECKED:
        claim.checked_on = today - datetime.timedelta(days=rng.randint(5, 330))
    if term.facet == Facet.ACCREDITATION and rng.random() < 0.7:
        # One in twelve has run out, so that there is something to renew.
        days = rng.randint(-120, -3) if rng.random() < 1 / 12 else rng.randint(20, 700)
        claim.valid_to = today + datetime.timedelta(days=days)
    return claim
