from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "crm_site.staff"
    label = "staff"
