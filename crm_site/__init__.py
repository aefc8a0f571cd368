"""The platform floor: settings and the mechanisms that every business app stands on."""

from crm_site.celery import app as celery_app

__all__ = ("celery_app",)
