from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "crm_site.audit"
    label = "audit"
