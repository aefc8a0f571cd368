from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "crm_site.outbox"
    label = "outbox"
