"""The Celery application; tasks live in each app's ``tasks`` module, the schedule in settings."""

import os

from celery import Celery
from celery.signals import beat_init, celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_site.settings")

app = Celery("crm_site", task_cls="crm_site.common.queueing:PatientTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def refuse_incomplete_settings(**_: object) -> None:
    """End worker and beat at once, naming every missing environment variable."""
    from django.core.exceptions import ImproperlyConfigured

    from crm_site.settings.readers import require_complete

    try:
        require_complete()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None
