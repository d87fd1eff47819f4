"""Bringing into a choice whom somebody asked or kept on a shortlist."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.refused import Refused
from buying.models import ChoiceVersion, Considered, Enquiry, Message, Recipient
from buying.purchases.matching import candidates, on_the_list
from buying.services.choice import begin_choice, lock_choice, lock_draft
from buying.services.draft import DraftChanged, version_of_draft
from providers.matching import Who
from providers.models import Shortlist, Term

NOT_TYPED = "This provider is on the list already, or was taken out. Nothing was changed."
NOT_LISTED = "This provider is not on the list any more. Nothing was changed."
TWICE = "You consider {name} already. Take one of the two out."

MOST_MATCHED = 10
"""Of so many typed providers the list is asked at a time."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an asked provider says today."""

    answer: str
    price: Decimal | None
    words: str


def said_by(recipient: Recipient) -> Said:
    """The yes or no that stands; with neither it did not answer. The answer is fetched before."""
    message = recipient.answer
    if message is None:
        return Said(Considered.Answer.NONE, None, "")
    if message.kind == Message.Kind.YES:
        return Said(Considered.Answer.YES, message.price, message.text)
    why = message.get_reason_display() if message.reason else ""
    return Said(Considered.Answer.NO, None, "\n".join(text for text in (why, message.text) if text))


@transaction.atomic
def begin_from_enquiry(
    *, organisation: Organisation, enquiry: Enquiry, by: User, start_hash: str | None = None
) -> ChoiceVersion:
    """A draft with everybody whom the enquiry asked, and what they answered. Raises Refused."""
    version = begin_choice(organisation=organisation, by=by, enquiry=enquiry, start_hash=start_hash)
    if version.what or version.considered.exists():
        return version  # the same form once more
    asked = list(_asked(enquiry))
    version.what = enquiry.title
    version.category = _category([row.listing_id for row in asked])
    version.decided_on = timezone.localdate()
    version.save()
    Considered.objects.bulk_create(
        _considered(version, place, row, said_by(row)) for place, row in enumerate(asked, start=1)
    )
    return version


@transaction.atomic
def begin_from_shortlist(
    *, organisation: Organisation, shortlist: Shortlist, by: User, start_hash: str | None = None
) -> ChoiceVersion:
    """A draft with every provider on the list, of whom nobody was asked. Raises Refused.

    One that offers several things is considered once.
    """
    version = begin_choice(organisation=organisation, by=by, start_hash=start_hash)
    if version.what or version.considered.exists():
        return version
    items = list(shortlist.items.filter(removed_at=None).select_related("listing__organisation"))
    version.what = shortlist.name
    version.category = _category([item.listing_id for item in items])
    version.decided_on = timezone.localdate()
    version.save()
    rows: dict[object, Considered] = {}
    for item in items:
        who = item.listing.organisation if item.listing else None
        key = who.pk if who else item.organisation_name
        if key not in rows:
            rows[key] = Considered(
                version=version,
                position=len(rows) + 1,
                name=who.name if who else item.organisation_name,
                organisation=who,
                listing=item.listing,
                words=item.note,
            )
    Considered.objects.bulk_create(rows.values())
    return version


@transaction.atomic
def bring_in_answers(*, version: ChoiceVersion, seen: str, by: User) -> int:
    """Write into a draft what those who were asked say today; returns for how many that differs.

    Raises DraftChanged, Overtaken and Refused as saving does.
    """
    choice = lock_choice(version.choice, by)
    draft = lock_draft(choice, version)
    if version_of_draft(draft) != seen:
        raise DraftChanged(draft)
    newer = newer_answers(draft)
    for row, said in newer:
        row.answer, row.price, row.words = said.answer, said.price, said.words
        row.save(update_fields=["answer", "price", "words"])
    return len(newer)


def newer_answers(draft: ChoiceVersion) -> list[tuple[Considered, Said]]:
    """Of whom a draft does not say what they answered since. One query.

    Somebody who has not answered on the site, and was written down as having said something,
    said it elsewhere.
    """
    rows = draft.considered.filter(recipient__answer__isnull=False).select_related(
        "recipient__answer"
    )
    return [
        (row, said)
        for row in rows
        if row.recipient is not None
        and (said := said_by(row.recipient)) != Said(row.answer, row.price, row.words)
    ]


def _asked(enquiry: Enquiry) -> Iterable[Recipient]:
    return enquiry.recipients.select_related("answer").order_by("position")


def _considered(version: ChoiceVersion, place: int, asked: Recipient, said: Said) -> Considered:
    return Considered(
        version=version,
        position=place,
        name=asked.organisation_name,
        organisation_id=asked.organisation_id,
        listing_id=asked.listing_id,
        recipient=asked,
        answer=said.answer,
        price=said.price,
        words=said.words,
    )


def _category(listing_ids: Sequence[int | None]) -> Term | None:
    """The one kind that all of these offers are of; None where there is none, or no offer."""
    known = {pk for pk in listing_ids if pk is not None}
    if not known:
        return None
    kinds = Term.objects.of(Term.Facet.CATEGORY).active()
    for pk in known:
        kinds = kinds.filter(listings=pk)
    return kinds.first()


@transaction.atomic
def match_typed(
    *, version: ChoiceVersion, row: int, organisation: Organisation, seen: str, by: User
) -> None:
    """Say that a provider whose name was typed is this one on the list: a person says so each time.

    Raises DraftChanged, Overtaken and Refused as saving does, and Refused for one that is not, or
    not yet, on the list, or is considered already.
    """
    choice = lock_choice(version.choice, by)
    draft = lock_draft(choice, version)
    if version_of_draft(draft) != seen:
        raise DraftChanged(draft)
    typed = draft.considered.filter(pk=row, organisation=None, recipient=None).first()
    if typed is None:
        raise Refused(NOT_TYPED)
    if not on_the_list(choice.organisation).filter(pk=organisation.pk).exists():
        raise Refused(NOT_LISTED)
    if draft.considered.filter(organisation=organisation).exists():
        raise Refused(TWICE.format(name=organisation.name))
    typed.organisation, typed.name, typed.postcode = organisation, organisation.name, ""
    typed.save(update_fields=["organisation", "name", "postcode"])


def likely(draft: ChoiceVersion) -> list[tuple[Considered, list[Organisation]]]:
    """Typed providers, each with those on the list that it may be. A query for each typed one."""
    buyer = draft.choice.organisation
    here = {row.organisation_id for row in draft.considered.all()}
    typed = [row for row in draft.considered.all() if row.is_typed][:MOST_MATCHED]
    found = [
        (row, [one for one in candidates(buyer, Who(row.name, row.postcode)) if one.pk not in here])
        for row in typed
    ]
    return [(row, ones) for row, ones in found if ones]
