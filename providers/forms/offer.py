"""What every section of an offer's form shares, and the first one: five answers on one page."""

from collections.abc import Iterable
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from accounts.models import Organisation
from providers import content
from providers.content import Content
from providers.models import Listing, Term
from providers.permissions import Author
from providers.services.listing_edits import save_content
from providers.services.listing_states import UNTITLED
from providers.services.registrant import set_email
from tslsv.ui.fields import Line, Words

SHOWN = 300
"""So many characters of what somebody else wrote are shown beside a field."""

MEANWHILE = (
    "Somebody else saved this page while you were writing, perhaps you in another window. Nothing "
    "is lost: where the two differ, what was saved stands above the field and yours is in it. Save "
    "again to put yours in its place."
)
BAD_EMAIL = "Enter an email address such as name@example.org."
WHERE = (
    (Listing.Delivery.ADDRESS.value, "At our address"),
    (Listing.Delivery.WARDS.value, "In some wards of Leeds"),
    (Listing.Delivery.LEEDS.value, "All over Leeds"),
)


class SectionForm(forms.Form):
    """One page of an offer. ``said`` is the content as its writers see it.

    ``reads`` names the fields of the content that it asks about. ``seen`` is their digest as they
    were shown: saving over somebody else's words is noticed by it.
    """

    heading: ClassVar[str]
    lead: ClassVar[str] = ""
    reads: ClassVar[tuple[str, ...]]

    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, said: Content, listing: Listing, author: Author) -> None:
        self.said, self.listing, self.author = said, listing, author
        initial = {**self.initial_of(said), "seen": content.digest(said, self.reads)}
        super().__init__(data, initial=initial)
        self.new_address = False
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save", css_class="btn"))

    def initial_of(self, said: Content) -> dict[str, Any]:
        """What stands in the fields at first."""
        return {name: said[name] for name in self.reads}

    def values(self) -> Content:
        """What was answered, as fields of a content."""
        return {name: self.cleaned_data[name] for name in self.reads}

    def field_of(self, name: str) -> str:
        """At which field of the form a field of the content is asked about."""
        return name

    def save(self) -> None:
        """Raises Clash, and whatever else ``save_content`` raises."""
        values = self.values()
        save_content(
            listing=self.listing, values=values, author=self.author, seen=self.cleaned_data["seen"]
        )
        email, registration = values.get("email"), self.author.registration
        # The link may be mailed to another address on purpose: only a new one here counts.
        if email and registration and (email != self.said["email"] or not registration.email):
            self.new_address = set_email(listing=self.listing, email=email, author=self.author)

    def show_clash(self, now: Content) -> None:
        """Put beside each field that differs what was saved meanwhile; what was typed stays."""
        note_clash(self, content.digest(now, self.reads))
        for difference in content.differences(now, self.values()):
            saved = f"“{Truncator(difference.before).chars(SHOWN)}”" if difference.before else ""
            self.add_error(
                self.field_of(difference.field), f"Saved meanwhile: {saved or 'nothing'}."
            )


class OfferForm(SectionForm):
    """The five answers that make an offer ready to be sent in."""

    heading = "What do you offer?"
    lead = "Five answers are enough to send it in. You can stop at any time: what you save stays."
    reads = ("title", "categories", "summary", "delivery", "email")

    title = Line(
        label="What is it called?",
        max_length=120,
        help_text="Public. A few words, such as “Hall with a kitchen” or “Buffet lunches”.",
        error_messages={
            "required": "Say what it is called.",
            "max_length": "Use at most 120 characters. You have written %(show_value)d.",
        },
    )
    category = forms.ChoiceField(
        label="What kind of offer is it?",
        error_messages={
            "required": "Choose what kind of offer it is.",
            "invalid_choice": "Choose a kind of offer from the list.",
        },
    )
    category_2 = forms.ChoiceField(
        label="A second kind",
        required=False,
        error_messages={"invalid_choice": "Choose a second kind from the list."},
    )
    category_3 = forms.ChoiceField(
        label="A third kind",
        required=False,
        error_messages={"invalid_choice": "Choose a third kind from the list."},
    )
    summary = Words(
        label="Describe it in a sentence or two",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Public. What people get, and for whom it is. Up to 300 characters.",
        error_messages={
            "required": "Describe it in a sentence or two.",
            "max_length": "Use at most 300 characters. You have written %(show_value)d.",
        },
    )
    delivery = forms.ChoiceField(
        label="Where can people have it?",
        choices=WHERE,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose where people can have it.",
            "invalid_choice": "Choose where people can have it.",
        },
    )
    email = forms.EmailField(
        label="Email address",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": BAD_EMAIL, "required": BAD_EMAIL, "max_length": BAD_EMAIL},
    )

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = category_choices(self.said["categories"])
        for name, none in (("category", "Choose one"), ("category_2", ""), ("category_3", "")):
            offer_choices(self, name, [("", none or "None"), *choices])
        ask_for_email(self)
        more = any(self[name].value() for name in ("category_2", "category_3"))
        self.helper.layout = Layout(
            "seen",
            "title",
            "category",
            HTML(f'<details class="more field"{" open" if more else ""}>'
                 "<summary>It is of more than one kind</summary>"),
            "category_2",
            "category_3",
            HTML("</details>"),
            "summary",
            "delivery",
            "email",
        )  # fmt: skip

    def initial_of(self, said: Content) -> dict[str, Any]:
        begun = said["title"] != UNTITLED
        kinds = [*said["categories"], "", "", ""]
        return {
            "title": said["title"] if begun else "",
            "category": kinds[0],
            "category_2": kinds[1],
            "category_3": kinds[2],
            "summary": said["summary"],
            # Nobody has chosen the one that a new row has.
            "delivery": said["delivery"] if begun else "",
            "email": said["email"] if begun else self._email_before(),
        }

    def _email_before(self) -> str:
        """Nobody is asked twice: what another offer of theirs says. One query."""
        organisation = self.listing.organisation
        if organisation.email or self.said["email"]:
            return str(self.said["email"])
        others = organisation.listings.exclude(email="").order_by("-pk")
        return others.values_list("email", flat=True).first() or ""

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if title == UNTITLED:
            raise forms.ValidationError("Say what it is called.")
        return title

    def clean_summary(self) -> str:
        return " ".join(self.cleaned_data["summary"].split())

    def values(self) -> Content:
        kinds = {self.cleaned_data.get(name) for name in ("category", "category_2", "category_3")}
        return {
            **{name: self.cleaned_data[name] for name in self.reads if name != "categories"},
            "categories": sorted(kind for kind in kinds if kind),
        }

    def field_of(self, name: str) -> str:
        return "category" if name == "categories" else name


def note_clash(form: forms.Form, digest: str) -> None:
    """Let the form be sent again over what was saved meanwhile, and say so above it."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["seen"] = digest
    form.data = data
    form.add_error(None, MEANWHILE)


def offer_choices(form: forms.Form, name: str, choices: Any) -> None:
    """Give a field of choices those that stand in the database now."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} has no choices")
    field.choices = choices


def ask_for_email(form: SectionForm) -> None:
    """Words for the address, and whether the offer can do without one."""
    organisation, field = form.listing.organisation, form.fields["email"]
    if form.author.registration is not None:
        field.required = True
        field.help_text = (
            "Public: buyers write to it. We send you a link to it, so that you can come back at "
            "any time, and so that we know the address is yours."
        )
    elif organisation.email:
        field.help_text = f"Public. Leave it empty to use {organisation.email}."
    elif _has_telephone(form, organisation):
        field.help_text = "Public: buyers write to it."
    else:
        field.required = True
        field.help_text = "Public: buyers write to it. Best an address of the organisation."


def _has_telephone(form: SectionForm, organisation: Organisation) -> bool:
    return bool(organisation.phone or form.said["phone"] or "phone" in form.fields)


def category_choices(chosen: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The tree as groups for a select: each main category, and under it what it includes.

    A retired one is offered only where it is chosen already. One query.
    """
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    kept = set(chosen)
    terms = list(Term.objects.of(Term.Facet.CATEGORY).select_related("parent"))
    for term in terms:
        if not term.parent and (term.active or term.code in kept):
            groups[term.code] = (term.label, [(term.code, f"{term.label} in general")])
    for term in terms:
        if term.parent and (term.active or term.code in kept):
            group = groups.setdefault(term.parent.code, (term.parent.label, []))
            group[1].append((term.code, term.label))
    return list(groups.values())


def term_choices(facet: Term.Facet, chosen: Iterable[str]) -> list[tuple[str, SafeString]]:
    """The facet's terms with what each means; a retired one only where it is chosen. One query."""
    kept = set(chosen)
    return [
        (
            term.code,
            format_html('{} <span class="hint">{}</span>', term.label, term.description),
        )
        for term in Term.objects.of(facet)
        if term.active or term.code in kept
    ]
