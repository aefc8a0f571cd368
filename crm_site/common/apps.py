from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "crm_site.common"
    label = "common"
    verbose_name = "Common"
