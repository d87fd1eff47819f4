"""Our words on django-allauth's forms."""

from typing import ClassVar

from django import forms
from django.core.validators import MaxLengthValidator

TOO_OFTEN = "That was tried too often. Wait a few minutes, then try again."
EMAIL = "Enter an email address such as name@example.org."
TOO_LONG = "Enter an email address of at most 254 characters."


class InOurWords(forms.Form):
    """Takes off placeholders and gives fields our labels, hints and messages.

    Comes before allauth's form among the bases. ``words`` maps a field's name to label and hint.
    """

    words: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]
            if isinstance(field, forms.EmailField):
                field.error_messages |= {"invalid": EMAIL, "required": EMAIL}
                field.validators.append(MaxLengthValidator(254, TOO_LONG))
                # Addresses are also the names of passwords and passkeys in the browser's store.
                field.widget.attrs |= {
                    "autocomplete": "username",
                    "spellcheck": "false",
                    "maxlength": "254",
                }
            elif name == "code":
                field.error_messages["required"] = "Enter the code."
                field.widget.attrs |= {
                    "autocomplete": "one-time-code",
                    "autocapitalize": "characters",
                    "spellcheck": "false",
                    "class": "w-s",
                }
                field.widget.attrs.setdefault("inputmode", "numeric")


def was_too_often(form: object) -> bool:
    """Whether the form was refused for being sent too often, rather than for what it holds."""
    if not isinstance(form, forms.BaseForm) or not form.is_bound:
        return False
    # By its words, as a form that passes on another one's errors loses their codes.
    return any(TOO_OFTEN in messages for messages in form.errors.values())
