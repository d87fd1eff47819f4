"""What the crispy template pack ``tsl`` needs from Python.

Django already joins hint and error to a control: ``aria-describedby`` names ``<id>_helptext`` and
``<id>_error``, so the pack's templates give those ids to its own paragraphs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tslsv.ui.widgets import Honeypot

register = template.Library()


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary: the words that stand at the field, and where that is."""

    message: str
    target: str


@register.filter
def problems(form: object) -> list[Problem]:
    """Everything wrong with a form, in the order of its fields; first what belongs to none.

    Nothing for a page without a form, so that any page may hold the summary.
    """
    if not isinstance(form, forms.BaseForm) or not form.is_bound:
        return []
    return list(_problems(form))


def _problems(form: forms.BaseForm) -> Iterator[Problem]:
    for message in form.non_field_errors():
        yield Problem(str(message), form_errors_id(form))
    for field in form:
        for message in field.errors:
            # A hidden field cannot be shown or mended, so its words stand with the form's own.
            yield Problem(
                str(message), form_errors_id(form) if field.is_hidden else control_id(field)
            )


@register.filter
def form_errors_id(form: forms.BaseForm) -> str:
    """The id of the paragraph with the errors that belong to no field."""
    return f"{form.prefix}-form-errors" if form.prefix else "form-errors"


@register.filter
def form_errors(form: forms.BaseForm) -> list[str]:
    """The words that stand at no field: the form's own errors, and those of hidden fields."""
    own = [str(message) for message in form.non_field_errors()]
    return own + [str(message) for field in form.hidden_fields() for message in field.errors]


@register.filter
def control_id(field: BoundField) -> str:
    """The id of the control that a link to the field should reach; the first of several."""
    if field.id_for_label:
        return field.id_for_label
    if is_choices(field) and len(field):
        return str(field[0].id_for_label)
    return f"{field.auto_id}_0"


@register.filter
def is_choices(field: BoundField) -> bool:
    """Radio buttons or checkboxes, several controls for one question."""
    return isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))


@register.filter
def is_tick(field: BoundField) -> bool:
    """A checkbox on its own, whose label stands beside it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_honeypot(field: BoundField) -> bool:
    return isinstance(field.field.widget, Honeypot)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's control with the class that styles it; its own classes stay."""
    widget = field.field.widget
    css = "tick" if isinstance(widget, forms.CheckboxInput) else "input"
    own = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{css} {own}".strip()})


@register.simple_tag
def choice_control(choice: BoundWidget) -> SafeString:
    """One radio button or checkbox of several.

    The error belongs to the whole question and is named by the fieldset, so the buttons do not
    each say that they are invalid.
    """
    data = choice.data
    attrs = {
        **{key: value for key, value in data["attrs"].items() if key != "aria-invalid"},
        "class": f"tick {data['attrs'].get('class', '')}".strip(),
    }
    if data["value"] is not None:
        attrs["value"] = str(data["value"])
    return format_html('<input type="{}" name="{}"{}>', data["type"], data["name"], flatatt(attrs))
