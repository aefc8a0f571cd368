"""The test settings for real workers and beats: lost messages return soon, jobs come often."""

from crm_site.settings.test import *  # noqa: F403

VISIBILITY_TIMEOUT = 6

CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE = {
    "sweep-reminders": {"task": "customers.tasks.sweep_reminders", "schedule": 1},
    "deliver-messages": {"task": "crm_site.outbox.tasks.deliver_messages", "schedule": 1},
}
