"""Apart from ``tslsv.desk``, which needs the models that are loaded after this."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """The stock admin with a sign-in that is the site's own."""

    default_site = "tslsv.desk.DeskSite"
