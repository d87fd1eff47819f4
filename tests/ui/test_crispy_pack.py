"""The template pack: labels, hints and errors are joined to their controls."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, ButtonHolder, Div, Fieldset, Layout, Submit
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from tslsv.ui.widgets import Honeypot


class Join(forms.Form):
    name = forms.CharField(label="Name of your organisation", help_text="As people know it.")
    kind = forms.ChoiceField(
        label="What kind is it?",
        choices=[("cio", "Charity"), ("cic", "Community interest company")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of organisation it is"},
    )
    number = forms.RegexField(
        r"^\d{6,7}$",
        label="Charity number",
        help_text="6 or 7 digits.",
        error_messages={"invalid": "Enter a charity number of 6 or 7 digits"},
        widget=forms.TextInput(attrs={"class": "w-s"}),
    )
    led = forms.MultipleChoiceField(
        label="Who leads it?",
        choices=[("women", "Women"), ("disabled", "Disabled people")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="More than half.",
    )
    about = forms.CharField(label="What do you do?", widget=forms.Textarea, required=False)
    ward = forms.ChoiceField(label="Ward", choices=[("a", "Armley")], required=False)
    agree = forms.BooleanField(
        label="I speak for it", error_messages={"required": "Say that you speak for it"}
    )
    photo = forms.FileField(label="Photo", required=False)
    opened = forms.SplitDateTimeField(required=False)
    token = forms.IntegerField(widget=forms.HiddenInput, required=False)
    homepage = forms.CharField(widget=Honeypot, required=False)

    def clean(self) -> None:
        super().clean()
        if self.data.get("number") == "12":
            raise forms.ValidationError("These answers do not fit together")


def render(form: forms.Form, template: str = "{{ form|crispy }}") -> str:
    return str(
        engines["django"]
        .from_string("{% load crispy_forms_tags %}" + template)
        .render({"form": form})
    )


def ids(html: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', html)


def tag_with(html: str, name: str) -> str:
    """The first control of that name."""
    found = re.search(rf'<(?:input|select|textarea)[^>]*name="{name}"[^>]*>', html)
    assert found
    return found.group()


@pytest.fixture
def empty() -> str:
    return render(Join())


@pytest.fixture
def wrong() -> str:
    return render(Join({"number": "12", "led": ["women"]}))


def test_each_control_has_a_label_of_its_own(empty: str) -> None:
    controls = re.findall(r"<(?:input|select|textarea)[^>]*>", empty)
    visible = [tag for tag in controls if 'type="hidden"' not in tag]
    assert len(visible) == 13
    labelled = re.findall(r'<label[^>]* for="([^"]+)"', empty)
    split = ["id_opened_0", "id_opened_1"]  # Django's own widget leaves its parts to the legend
    for tag in visible:
        (ident,) = re.findall(r' id="([^"]+)"', tag)
        assert ident in labelled or ident in split


def test_hint_is_joined_to_its_control(empty: str) -> None:
    assert 'aria-describedby="id_name_helptext"' in tag_with(empty, "name")
    assert '<p class="hint" id="id_name_helptext">As people know it.</p>' in empty


def test_hint_and_error_are_joined_to_their_control(wrong: str) -> None:
    tag = tag_with(wrong, "number")
    assert 'aria-describedby="id_number_helptext id_number_error"' in tag
    assert 'aria-invalid="true"' in tag
    assert 'value="12"' in tag
    assert 'class="input w-s"' in tag
    assert (
        '<p class="error" id="id_number_error"><span class="vh">Error: </span>'
        "Enter a charity number of 6 or 7 digits</p>" in wrong
    )


def test_every_description_exists(wrong: str) -> None:
    named = {
        ident for ref in re.findall(r'aria-describedby="([^"]+)"', wrong) for ident in ref.split()
    }
    assert named
    assert named <= set(ids(wrong))
    assert len(ids(wrong)) == len(set(ids(wrong)))


def test_several_choices_are_a_fieldset_with_a_legend(wrong: str) -> None:
    kind = re.search(r"<fieldset[^>]*>\s*<legend>What kind is it\?.*?</fieldset>", wrong, re.DOTALL)
    assert kind
    assert 'aria-describedby="id_kind_error"' in kind.group()
    assert "has-error" in kind.group()
    # The group is what is invalid; a radio button cannot be.
    assert "aria-invalid" not in kind.group()
    led = re.search(r"<fieldset[^>]*>\s*<legend>Who leads it\?.*?</fieldset>", wrong, re.DOTALL)
    assert led
    assert 'aria-describedby="id_led_helptext"' in led.group()
    assert re.search(r'<input[^>]*value="women"[^>]*checked|checked[^>]*value="women"', led.group())


def test_optional_is_said_and_asterisks_are_not(empty: str) -> None:
    assert '<legend>Who leads it? <span class="opt-note">(optional)</span>' in empty
    assert empty.count("(optional)") == 5
    assert "*" not in strip_tags(empty)


def test_a_checkbox_alone_has_its_label_beside_it(wrong: str) -> None:
    assert re.search(
        r'<label class="choice" for="id_agree"><input[^>]*class="tick"[^>]*>'
        r"<span>I speak for it</span></label>",
        wrong,
    )
    assert 'id="id_agree_error"' in wrong


def test_honeypot_is_out_of_reach(empty: str) -> None:
    trap = re.search(r'<div class="trap" aria-hidden="true">.*?</div>', empty, re.DOTALL)
    assert trap
    assert 'tabindex="-1"' in trap.group()
    assert 'autocomplete="off"' in trap.group()


def test_hidden_field_is_only_its_control(empty: str) -> None:
    assert '<input type="hidden" name="token" id="id_token">' in empty


def test_text_is_escaped() -> None:
    form = Join({"name": "<script>", "number": '"><b>'})
    form.fields["name"].label = "<i>Name"
    html = render(form)
    assert "<script>" not in html
    assert "<i>" not in html
    assert "<b>" not in html


def summary(form: forms.Form) -> str:
    return render_to_string("components/error_summary.html", {"form": form})


def test_summary_links_to_every_field_in_the_same_words(wrong: str) -> None:
    html = summary(Join({"number": "12", "led": ["women"]}))
    found = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', html)
    assert found == [
        ("form-errors", "These answers do not fit together"),
        ("id_name", "This field is required."),
        ("id_kind_0", "Choose what kind of organisation it is"),
        ("id_number", "Enter a charity number of 6 or 7 digits"),
        ("id_agree", "Say that you speak for it"),
    ]
    assert {target for target, _ in found} <= set(ids(wrong))
    for _, words in found:
        assert words in strip_tags(wrong)
    assert "There are 5 problems" in html


def test_summary_is_announced_and_can_take_the_focus() -> None:
    html = summary(Join({}))
    assert 'role="alert"' in html
    assert 'tabindex="-1"' in html
    assert "data-error-summary" in html
    assert "js/error-summary.js" in html


def test_summary_counts_a_single_problem_in_words() -> None:
    class One(forms.Form):
        name = forms.CharField()

    assert "There is a problem" in summary(One({}))


def test_no_summary_when_nothing_is_wrong_or_nothing_was_sent() -> None:
    assert summary(Join()).strip() == ""
    assert render_to_string("components/error_summary.html", {"form": None}).strip() == ""
    assert render_to_string("components/error_summary.html", {}).strip() == ""


def test_summary_through_the_crispy_filter() -> None:
    assert "There are" in render(Join({}), "{{ form|as_crispy_errors }}")


def test_summary_reaches_widgets_of_several_parts_and_hidden_fields() -> None:
    form = Join({"p-opened_0": "x", "p-token": "x"}, prefix="p")
    html = summary(form)
    assert 'href="#id_p-opened_0"' in html
    assert 'href="#p-form-errors"' in html
    page = render(form)
    assert 'id="p-form-errors"' in page
    assert 'id="id_p-opened_0"' in page
    assert "Enter a whole number." in page


def test_first_of_grouped_choices_is_the_target() -> None:
    class Grouped(forms.Form):
        kind = forms.ChoiceField(
            choices=[("Third sector", [("cio", "Charity")]), ("Other", [("biz", "Business")])],
            widget=forms.RadioSelect,
        )

    form = Grouped({})
    (target,) = re.findall(r'href="#([^"]+)"', summary(form))
    assert target in ids(render(form))


def test_whole_form_with_a_helper() -> None:
    form = Join({"number": "12"})
    helper = FormHelper()
    helper.form_id = "join"
    helper.form_action = "/join/"
    helper.layout = Layout(
        Fieldset("You", "name", "kind", css_class="you"),
        Div("number", css_class="text"),
        HTML("<p>Words</p>"),
        ButtonHolder(Submit("send", "Send for approval")),
    )
    form.helper = helper  # type: ignore[attr-defined]
    html = str(
        engines["django"]
        .from_string("{% load crispy_forms_tags %}{% crispy form %}")
        .render({"form": form, "csrf_token": "token"})
    )
    assert re.search(r'<form method="post" novalidate [^>]*action="/join/"', html)
    assert 'id="join"' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert '<fieldset class="group you"><legend>You</legend>' in html
    assert "<p>Words</p>" in html
    assert re.search(
        r'<button type="submit" name="send" value="Send for approval" class="btn', html
    )
    assert html.index("These answers do not fit together") < html.index('id="id_name"')


def test_inputs_of_a_helper_stand_last() -> None:
    form = Join()
    helper = FormHelper()
    helper.form_method = "get"
    helper.add_input(Submit("go", "Go"))
    form.helper = helper  # type: ignore[attr-defined]
    html = render(form, "{% crispy form %}")
    assert '<form method="get" novalidate' in html
    assert "csrfmiddlewaretoken" not in html
    assert html.index("id_photo") < html.index(">Go</button>")


def test_single_field_filter() -> None:
    html = render(Join(), "{{ form.name|as_crispy_field }}")
    assert html.count("<label") == 1
    assert 'id="id_name_helptext"' in html
