"""What stands in an offer so far, by section: for its task list, and to check before sending."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import get_text_list

from accounts.models import Organisation
from places.models import Ward
from providers import content
from providers.models import Claim, Listing, Term
from providers.services.listing_states import UNTITLED
from providers.services.registrant import lacking
from providers.views.offers.writing import Writing

type Answers = list[tuple[str, str]]

# What is missing, where it is asked for, and at which field.
MISSING = {
    "title": ("Say what it is called.", "basics", "id_title"),
    "categories": ("Choose what kind of offer it is.", "basics", "id_category"),
    "summary": ("Describe it in a sentence or two.", "basics", "id_summary"),
    "delivery": ("Choose at least one ward.", "place", "id_delivery_wards_0"),
    "contact": ("Enter an email address such as name@example.org.", "basics", "id_email"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the task list. ``answers`` are (question, answer) in the order of its page."""

    title: str
    url: str
    done: bool
    answers: Answers
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """An answer that is still needed, and where to give it."""

    message: str
    url: str


def missing_of(writing: Writing) -> list[Missing]:
    """What has to be answered before it can be sent in; nothing once it is public."""
    if writing.public:
        return []
    found = [MISSING[name] for name in lacking(writing.listing)]
    return [
        Missing(words, f"{writing.url('section', section)}#{field}")
        for words, section, field in found
    ]


def sections_of(writing: Writing) -> list[Section]:
    """Every section with what stands in it. Some ten queries."""
    claims = _claims(writing.organisation)
    return [
        *_of_offer(writing),
        *_of_organisation(writing),
        _section(writing, "ethos", "Ethos", [("Ethos", _labels(claims, Term.Facet.ETHOS))]),
        _section(
            writing,
            "edi",
            "Who leads, who is served",
            [
                ("Led or owned by", _labels(claims, Term.Facet.EDI_LED)),
                ("Serves", _labels(claims, Term.Facet.EDI_SERVES)),
            ],
        ),
        _accreditations(writing, claims),
    ]


def _of_offer(writing: Writing) -> list[Section]:
    words = content.in_words(writing.said)
    title = "" if writing.said["title"] == UNTITLED else words["title"]
    contact = words["email"] or _elsewhere(writing.organisation)
    laid = content.lay_over(writing.listing, writing.said)
    in_wards = writing.said["delivery"] == Listing.Delivery.WARDS
    priced = writing.said["pricing"] != Listing.Pricing.ASK

    def fields(*names: str) -> Answers:
        return [(content.LABELS[name], words[name]) for name in names]

    return [
        _section(
            writing,
            "basics",
            "What you offer",
            [
                ("Title", title),
                *fields("categories", "summary"),
                ("Email", contact),
            ],
            done=not missing_of(writing),
            needed=True,
        ),
        _section(writing, "description", "Description", fields("description")),
        Section(
            "Photos",
            writing.url("photos"),
            bool(writing.said["photos"]),
            [("Photos", words["photos"])],
        ),
        _section(writing, "price", "Price", [("Price", laid.price_text)], done=priced),
        _section(
            writing,
            "practical",
            "Notice, size and payment",
            fields("notice_days", "capacity", "payment"),
        ),
        _section(
            writing,
            "place",
            "Where",
            fields(*(("delivery", "delivery_wards") if in_wards else ("delivery",))),
            done=bool(title) and (not in_wards or bool(writing.said["delivery_wards"])),
        ),
        _section(writing, "contact", "Contact", fields("contact_name", "phone", "website")),
        _section(writing, "access", "Access", fields("access_features")),
    ]


def _of_organisation(writing: Writing) -> list[Section]:
    """Members have a page of their own for it."""
    organisation = writing.organisation
    answers = [
        ("Name", organisation.name),
        ("Postcode", _postcode(organisation)),
        ("Sector", organisation.get_sector_display()),
        ("Legal form", organisation.get_legal_form_display()),
        ("About it", organisation.summary),
        ("Website", organisation.website),
        ("Telephone", organisation.phone),
        ("Address", organisation.address if organisation.address_public else ""),
    ]
    if writing.kind == "member":
        url = reverse("my:details", args=[organisation.slug])
        return [Section("Your organisation", url, bool(organisation.legal_form), answers)]
    done = bool(organisation.legal_form)
    return [_section(writing, "organisation", "Your organisation", answers, done=done)]


def _postcode(organisation: Organisation) -> str:
    """All of it, and what others see of it. Up to one query."""
    if organisation.address_public or not organisation.postcode:
        return organisation.postcode
    wards = Ward.objects.filter(pk=organisation.ward_id).values_list("name", flat=True)
    seen = ", ".join([organisation.public_postcode, *wards])
    return f"{organisation.postcode} (others see {seen})"


def _accreditations(writing: Writing, claims: list[Claim]) -> Section:
    rows = [
        (claim.term.label, " · ".join(_details(claim)))
        for claim in claims
        if claim.term.facet == Term.Facet.ACCREDITATION
    ]
    answers = rows or [("Accreditations", "")]
    return Section("Accreditations", writing.url("accreditations"), bool(rows), answers)


def _details(claim: Claim) -> list[str]:
    until = f"until {date_format(claim.valid_to, 'j F Y')}" if claim.valid_to else ""
    return [text for text in (claim.reference, until, claim.evidence) if text] or ["declared"]


def _section(
    writing: Writing,
    name: str,
    title: str,
    answers: Answers,
    *,
    done: bool | None = None,
    needed: bool = False,
) -> Section:
    answered = any(text for _, text in answers) if done is None else done
    return Section(title, writing.url("section", name), answered, answers, needed)


def _claims(organisation: Organisation) -> list[Claim]:
    rows = Claim.objects.filter(organisation=organisation, withdrawn_at=None)
    return list(rows.select_related("term"))


def _labels(claims: list[Claim], facet: Term.Facet) -> str:
    return get_text_list([claim.term.label for claim in claims if claim.term.facet == facet], "and")


def _elsewhere(organisation: Organisation) -> str:
    """The contact that stands where the offer gives none."""
    contact = organisation.email or organisation.phone
    return f"{contact} (of {organisation.name})" if contact else ""


def answered(writing: Writing, sections: list[Section]) -> tuple[int, int]:
    """How many of the questions that buyers look for are answered, and of how many."""
    said = writing.said
    done = {section.title for section in sections if section.done}
    missing = set() if writing.public else set(lacking(writing.listing))
    questions = [
        *(name not in missing for name in MISSING),
        bool(said["description"]),
        bool(said["photos"]),
        "Price" in done,
        said["notice_days"] is not None,
        bool(said["payment"]),
        bool(said["access_features"]),
        "Ethos" in done,
    ]
    return sum(questions), len(questions)
