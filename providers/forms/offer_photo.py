"""A photo and the words for those who cannot see it."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from providers import pictures
from providers.pictures import Picture

ALT = "Say what the photo shows."


def _alt() -> forms.CharField:
    return forms.CharField(
        label="What does the photo show?",
        max_length=200,
        help_text="Public. For people who cannot see it: “A bright hall with a wooden floor and a "
        "stage.” Up to 200 characters.",
        error_messages={
            "required": ALT,
            "max_length": "Use at most 200 characters. You have written %(show_value)d.",
        },
    )


class PhotoForm(forms.Form):
    """One photo. What the file is, its pixels say (``providers.pictures``)."""

    photo = forms.FileField(
        label="Photo",
        allow_empty_file=True,  # or what was too large, and so has no contents, would be "empty"
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text="JPEG, PNG or WebP, up to 10 MB. We make it smaller, and take out where and when "
        "it was taken. Only show people who agree to it.",
        error_messages={"required": "Choose a photo.", "invalid": "Choose a photo."},
    )
    alt = _alt()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Add this photo", css_class="btn"))

    def clean_alt(self) -> str:
        return " ".join(self.cleaned_data["alt"].split())

    def clean_photo(self) -> Picture:
        """The picture that we make of it."""
        sent = self.cleaned_data["photo"]
        try:
            return pictures.read(sent.file, sent.size)
        except pictures.BadPicture as bad:
            raise forms.ValidationError(str(bad)) from bad


class AltForm(forms.Form):
    """Other words for a photo that is there."""

    alt = _alt()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save", css_class="btn"))

    def clean_alt(self) -> str:
        return " ".join(self.cleaned_data["alt"].split())
