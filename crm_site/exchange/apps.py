from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "crm_site.exchange"
    label = "exchange"
