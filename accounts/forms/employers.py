"""Taking an employer's sign-in off one's account."""

from typing import Any

from allauth.socialaccount.forms import DisconnectForm
from django import forms


class RemoveEmployerForm(DisconnectForm):
    """allauth wants people to have a password first; here a mailed code always lets them in."""

    def clean(self) -> dict[str, Any] | None:
        return forms.Form.clean(self)
