"""What must be right in the settings before anything runs; named all at once."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from crm_site.common.logs import FEWEST_DAYS
from crm_site.settings.readers import MISSING

HEX_KEY = re.compile(r"[0-9a-fA-F]{64}")
HINT = "Make one with: python -c 'import secrets; print(secrets.token_hex(32))'"


def environment_is_complete(**_: Any) -> list[CheckMessage]:
    """Return an error for each required environment variable that is missing."""
    return [
        Error(
            f"The environment variable {name} is missing: {purpose}.",
            hint="See .env.example.",
            id="crm.E001",
        )
        for name, purpose in sorted(MISSING.items())
    ]


def keys_are_well_formed(**_: Any) -> list[CheckMessage]:
    """Return an error for each encryption key that is not 32 bytes in hex."""
    found: list[CheckMessage] = [
        Error(f"FIELD_KEYS: key {number} is not 32 bytes in hex.", hint=HINT, id="crm.E002")
        for number, key in enumerate(settings.FIELD_KEYS, start=1)
        if not HEX_KEY.fullmatch(key)
    ]
    if settings.INDEX_KEY and not HEX_KEY.fullmatch(settings.INDEX_KEY):
        found.append(Error("INDEX_KEY is not 32 bytes in hex.", hint=HINT, id="crm.E003"))
    if settings.INDEX_KEY and settings.INDEX_KEY in settings.FIELD_KEYS:
        found.append(
            Error("INDEX_KEY must differ from every key in FIELD_KEYS.", hint=HINT, id="crm.E004")
        )
    return found


def tasks_end_before_redelivery(**_: Any) -> list[CheckMessage]:
    """Return an error if a task could run long enough to be delivered twice (A-52)."""
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", 3600)
    found: list[CheckMessage] = []
    if visible <= settings.CELERY_TASK_TIME_LIMIT * 3:
        found.append(
            Error(
                "CELERY_TASK_TIME_LIMIT must be below a third of the broker's visibility_timeout.",
                id="crm.E005",
            )
        )
    if settings.CELERY_TASK_ACKS_LATE and not settings.CELERY_TASK_REJECT_ON_WORKER_LOST:
        found.append(
            Error(
                "CELERY_TASK_ACKS_LATE needs CELERY_TASK_REJECT_ON_WORKER_LOST: "
                "otherwise the task of a killed worker is lost.",
                id="crm.E006",
            )
        )
    return found


def logs_are_kept(**_: Any) -> list[CheckMessage]:
    """Return an error if log files are deleted before the six months of the law are over (A-33)."""
    if settings.LOG_DAYS >= FEWEST_DAYS:
        return []
    return [Error(f"LOG_DAYS must be {FEWEST_DAYS} or more: six months.", id="crm.E007")]


CHECKS = (
    logs_are_kept,
    environment_is_complete,
    keys_are_well_formed,
    tasks_end_before_redelivery,
)
