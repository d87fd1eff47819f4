"""Example buyers: how they buy, what they asked and chose, all of it made up and marked so.

Two of them are told in full. Three more only let some purchases count in the city's figures, so
that the page of the city has the five that it takes.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from accounts.services.place import place_organisations
from buying.figures.period import year_of
from buying.links import new_recipient_hash
from buying.models import (
    BuyingRules,
    Choice,
    ChoiceVersion,
    Considered,
    Enquiry,
    Message,
    Preference,
    Recipient,
    Threshold,
)
from buying.references import free_references
from buying.services.filing import file_all
from providers.models import Listing, Term
from providers.permissions import published_listings

SEED = 2026_11
IN_FULL, IN_PART = 15, 9
"""So many choices in each of two financial years, of those told in full and of the others."""
Sector, Form = Organisation.Sector, Organisation.LegalForm
Kind, By = Message.Kind, Message.By
type Said = tuple[str, str, str, Decimal | None, str]


@dataclass(frozen=True, slots=True)
class Buyer:
    """An example buyer before it is made."""

    name: str
    slug: str
    sector: str
    legal_form: str
    postcode: str
    summary: str
    words: str = ""
    lines: Sequence[tuple[int | None, int, str]] = ()
    prefers: Sequence[tuple[str, str]] = ()


BUYERS = (
    Buyer(
        "Wharfegate Health Partnership (example)",
        "wharfegate-health-example",
        Sector.PUBLIC,
        Form.PUBLIC_BODY,
        "LS1 4ZY",
        "A made-up public body that runs clinics.",
        "We buy near where our patients live. Whoever needs something chooses; a second person "
        "agrees to everything above £1,000.",
        (
            (500, 1, "Look at the list, ask one, and write down why."),
            (5_000, 3, "Ask three, and at least one of the third sector."),
            (None, 5, "Ask five. From £30,000 it goes to tender."),
        ),
        (
            ("Somebody in the same ward as the clinic", ""),
            ("Third sector first, where the quality is the same", ""),
            ("Pays the real Living Wage", "living-wage"),
        ),
    ),
    Buyer(
        "Ravenscar Street Trust (example)",
        "ravenscar-street-example",
        Sector.THIRD,
        Form.CIO,
        "LS8 4ZY",
        "A made-up charity that runs a community centre.",
        "Small sums, spent close to home. We write down why, so that our trustees can see it.",
        (
            (250, 1, "Ask one."),
            (None, 2, "Ask two, and tell the treasurer."),
        ),
        (
            ("People we know will turn up", ""),
            ("Co-operatives", "member-owned"),
        ),
    ),
    *(
        Buyer(
            f"{name} (example)",
            f"{slug}-example",
            sector,
            form,
            postcode,
            "A made-up organisation whose purchases count in the city’s figures.",
        )
        for name, slug, sector, form, postcode in (
            ("Oulder Mill Housing", "oulder-mill", Sector.THIRD, Form.COMMUNITY_BENEFIT, "LS9 8ZY"),
            (
                "Kestrel Bank Building Society",
                "kestrel-bank",
                Sector.PRIVATE,
                Form.SOCIETY,
                "LS1 5ZY",
            ),
            ("Addlethorpe College", "addlethorpe", Sector.PUBLIC, Form.PUBLIC_BODY, "LS2 8ZY"),
        )
    ),
)

NEEDS = {
    "catering": ("Lunch for thirty", "Buffet for an open day", "Cakes for the volunteers"),
    "space-hire": ("A hall for a day", "Rooms for six evenings", "A meeting room for interviews"),
    "cleaning": ("Weekly cleaning of the office", "Cleaning after building work"),
    "print-and-design": ("Leaflets in four languages", "A banner and posters"),
    "training-and-facilitation": ("First aid training", "A day about safeguarding"),
}
OTHER_NEEDS = ("Help for a day", "Work for a week", "Something for the summer fair")
ELSEWHERE = (("Bradbury Office Supplies (example)", "BD1 1ZY"), ("Market Stall (example)", ""))
REASONS = (
    "The best for the money, and they can come when we need them.",
    "Close by, and the only one who could do it without a car.",
    "They asked the right questions, and we liked what they did last time.",
)


@transaction.atomic
def load(*, today: datetime.date) -> int:
    """Make the example buyers; returns how many choices they have.

    Only where there are example providers, and no buyer of any kind has a choice or rules yet.
    """
    offers = list(
        published_listings()
        .filter(
            Q(categories__code__in=NEEDS) | Q(categories__parent__code__in=NEEDS),
            organisation__is_example=True,
        )
        .distinct()
        .prefetch_related("categories__parent")
        .order_by("pk")[:60]
    )
    if not offers or Choice.objects.exists() or BuyingRules.objects.exists():
        return 0
    rng = Random(SEED)  # noqa: S311 (nothing secret)
    buyers = _organisations()
    for place, (buyer, row) in enumerate(zip(BUYERS, buyers, strict=True)):
        _rules(buyer, row)
        in_full = bool(buyer.words)
        drafts = _drafts(row, offers, today, rng, IN_FULL if in_full else IN_PART)
        considered = [one for draft in drafts for one in _considered(draft, offers, rng)]
        file_all(buyer=row, drafts=drafts, by=None, considered=considered)
        if in_full:
            _correct(drafts[:3])
            _enquiries(row, offers[place * 10 :], today)
    return Choice.objects.count()


@transaction.atomic
def let_somebody_in() -> None:
    """The example owner owns the first example buyer, unless somebody owns it already."""
    buyer = Organisation.objects.filter(slug=BUYERS[0].slug, is_example=True).first()
    person = User.objects.filter(is_example=True, memberships__isnull=False).order_by("pk").first()
    if buyer is not None and person is not None and not buyer.memberships.exists():
        Membership.objects.create(user=person, organisation=buyer, role=Role.OWNER)


def _organisations() -> list[Organisation]:
    rows = [
        Organisation(
            name=buyer.name,
            slug=buyer.slug,
            sector=buyer.sector,
            legal_form=buyer.legal_form,
            postcode=buyer.postcode,
            summary=buyer.summary,
            email=f"hello@{buyer.slug}.example.org",
            is_example=True,
        )
        for buyer in BUYERS
    ]
    place_organisations(rows)
    return Organisation.objects.bulk_create(rows)


def _rules(buyer: Buyer, row: Organisation) -> None:
    rules = BuyingRules.objects.create(
        organisation=row, words=buyer.words, shared=bool(buyer.words), counts_in_city=True
    )
    for up_to, ask, words in buyer.lines:
        Threshold.objects.create(rules=rules, up_to=up_to, ask=ask, words=words)
    for position, (words, code) in enumerate(buyer.prefers, 1):
        term = Term.objects.filter(facet=Term.Facet.ETHOS, code=code).first() if code else None
        Preference.objects.create(rules=rules, position=position, words=words, term=term)


def _drafts(
    row: Organisation, offers: Sequence[Listing], today: datetime.date, rng: Random, each: int
) -> list[ChoiceVersion]:
    """Purchases of last financial year and this one up to today; some without a provider here."""
    this = year_of(today)
    drafts = []
    for start, end in ((this.before.start, this.before.end), (this.start, today)):
        for number in range(each):
            day = start + datetime.timedelta(days=rng.randint(0, (end - start).days))
            drafts.append(_draft(row, rng.choice(offers), day, rng, typed=number % 5 == 4))
    return drafts


def _draft(
    row: Organisation, offer: Listing, day: datetime.date, rng: Random, *, typed: bool
) -> ChoiceVersion:
    category = next(iter(offer.categories.all()), None)
    main = category.parent.code if category and category.parent else category and category.code
    name, postcode = rng.choice(ELSEWHERE)
    return ChoiceVersion(
        choice=Choice(
            organisation=row,
            origin=Choice.Origin.ELSEWHERE if typed else Choice.Origin.SITE,
            own_reference=f"PO-{rng.randint(100_000, 999_999)}" if typed else "",
        ),
        number=1,
        what=rng.choice(NEEDS.get(main or "", OTHER_NEEDS)),
        category=category,
        amount=Decimal(rng.randint(40, 900)) + rng.choice((Decimal(0), Decimal("0.50"))),
        decided_on=day,
        reason=rng.choice(REASONS),
        conflict="" if typed else ChoiceVersion.Conflict.NONE,
        supplier=None if typed else offer.organisation,
        supplier_name=name if typed else offer.organisation.name,
        supplier_postcode=postcode if typed else "",
    )


def _considered(
    draft: ChoiceVersion, offers: Sequence[Listing], rng: Random
) -> Iterator[Considered]:
    """The one that was chosen, and up to three others; of what was bought elsewhere, nobody."""
    if draft.supplier is None:
        return
    answer = Considered.Answer
    yield Considered(
        version=draft,
        position=1,
        name=draft.supplier.name,
        organisation=draft.supplier,
        answer=answer.YES,
        price=draft.amount,
        chosen=True,
    )
    others = {offer.organisation for offer in rng.sample(offers, rng.randint(0, 3))}
    for position, other in enumerate(sorted(others - {draft.supplier}, key=lambda o: o.pk), 2):
        yield Considered(
            version=draft,
            position=position,
            name=other.name,
            organisation=other,
            answer=rng.choice((answer.NO, answer.NONE, answer.NOT_ASKED)),
        )


def _correct(first: Sequence[ChoiceVersion]) -> None:
    """Bills that came out otherwise, and an order that was cancelled."""
    now = timezone.now()
    for place, before in enumerate(first):
        cancelled = place == len(first) - 1
        claims = [(claim.term_id, claim.level) for claim in before.claims_then.all()]
        ChoiceVersion.objects.filter(pk=before.pk).update(stands=False)
        later = ChoiceVersion.objects.get(pk=before.pk)
        later.pk, later.number, later.filed_at = None, 2, None
        later.amount = (before.amount or Decimal(0)) + (0 if cancelled else 25)
        later.void = cancelled
        later.correction = "The order was cancelled." if cancelled else "The bill came."
        later.save(force_insert=True)
        for term, level in claims:
            later.claims_then.create(term_id=term, level=level)
        for entry in before.considered.all():
            entry.pk, entry.version = None, later
            entry.save(force_insert=True)
        later.filed_at, later.stands = now, True
        later.save(update_fields=["filed_at", "stands"])


def _enquiries(row: Organisation, offers: Sequence[Listing], today: datetime.date) -> None:
    """One that waits for answers, one that has some, one that is closed and one that ran out."""
    state = Enquiry.State
    for place, (about, title) in enumerate(
        (
            (state.OPEN, "Lunch for thirty"),
            (state.OPEN, "A hall for our yearly meeting"),
            (state.CLOSED, "Leaflets in four languages"),
            (state.EXPIRED, "Cleaning after building work"),
        )
    ):
        ended = about != state.OPEN
        sent = timezone.now() - datetime.timedelta(days=40 if ended else 2)
        enquiry = Enquiry.objects.create(
            organisation=row,
            reference=free_references(Enquiry, 1)[0],
            state=about,
            name="Example Asker",
            email=f"asker@{row.slug}.example.org",
            asking_for=row.name,
            title=title,
            what=f"{title}. Please say what it would cost and what you need from us.",
            on_day=today + datetime.timedelta(days=30),
            number=30,
            answer_by=today + datetime.timedelta(days=-30 if ended else 7),
            sent_at=sent,
            ended_at=sent + datetime.timedelta(days=10) if ended else None,
        )
        asked = list(_ask(enquiry, offers[place * 2 : place * 2 + 3]))
        if place:
            _answer(asked, sent)


def _ask(enquiry: Enquiry, offers: Sequence[Listing]) -> Iterator[Recipient]:
    names = set()
    for offer in offers:
        if offer.organisation_id in names:
            continue
        names.add(offer.organisation_id)
        recipient = Recipient.objects.create(
            enquiry=enquiry,
            position=len(names),
            organisation=offer.organisation,
            listing=offer,
            title=offer.title,
            organisation_name=offer.organisation.name,
        )
        # Without a link of its own it would seem to have left the site.
        recipient.link_hash = new_recipient_hash(recipient)
        recipient.save(update_fields=["link_hash"])
        yield recipient


def _answer(asked: Sequence[Recipient], sent: datetime.datetime) -> None:
    """A question and then a yes, and a no of the second."""
    day = datetime.timedelta(days=1)
    said: list[Said] = [
        (By.PROVIDER, Kind.QUESTION, "Is there a lift?", None, ""),
        (By.ASKER, Kind.MESSAGE, "Yes, to every floor.", None, ""),
        (By.PROVIDER, Kind.YES, "We can do that. Delivery is in it.", Decimal("240.00"), ""),
    ]
    refusal: list[Said] = [(By.PROVIDER, Kind.NO, "", None, Message.Reason.BUSY)]
    for recipient, words in zip(asked, (said, refusal), strict=False):
        for hours, (by, kind, text, price, reason) in enumerate(words):
            message = Message.objects.create(
                recipient=recipient,
                by=by,
                kind=kind,
                text=text,
                price=price,
                reason=reason,
                created=sent + day + datetime.timedelta(hours=hours),
            )
            if kind in {Kind.YES, Kind.NO}:
                recipient.answer = message
        recipient.first_answer_at = sent + day
        recipient.save(update_fields=["answer", "first_answer_at"])
