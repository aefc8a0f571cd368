"""The product's settings, with waits that a run of minutes can see the end of.

``FAULT_VISIBILITY`` is the broker's visibility timeout in seconds, ``FAULT_THROTTLE`` how often a
look for lost messages is left out, ``FAULT_SCHEDULE`` lets beat send two jobs every second. Without
them everything is as in production.
"""

import os

from crm_site.settings.base import *  # noqa: F403
from crm_site.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if os.environ.get("FAULT_VISIBILITY"):
    CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {
        "visibility_timeout": int(os.environ["FAULT_VISIBILITY"]),
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": int(os.environ.get("FAULT_THROTTLE") or 1),
    }
if os.environ.get("FAULT_SCHEDULE"):
    CELERY_BEAT_SCHEDULE = {
        "sweep-reminders": {"task": "customers.tasks.sweep_reminders", "schedule": 1},
        "deliver-messages": {"task": "crm_site.outbox.tasks.deliver_messages", "schedule": 1},
    }
