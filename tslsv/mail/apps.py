from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "tslsv.mail"
    label = "mail"
    verbose_name = "Mail"
