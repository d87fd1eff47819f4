"""What every template knows about the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, who runs it and where to write (empty where nobody has said), and whether
    it runs for this machine alone.

    Reads neither session nor user, so that public pages stay the same for everybody.
    """
    return {
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "operator_name": settings.OPERATOR_NAME,
        "loopback": settings.LOOPBACK,
    }
