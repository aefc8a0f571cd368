from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "crm_site.policies"
    label = "policies"
