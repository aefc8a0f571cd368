from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The roof: management commands that need every app."""

    name = "crm_site"
    label = "site_roof"
