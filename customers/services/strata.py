"""Saving and deleting strata (CUS-15)."""

from datetime import datetime

from django.db import transaction

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.axis_filters import forget_strata
from customers.models import Stratum


@transaction.atomic
def save_stratum(*, stratum: Stratum, actor: User, now: datetime) -> Stratum:
    """Write the stratum, new or changed, and return it; lists offer it at once."""
    stratum.save()
    _told("stratum.saved", stratum.pk, actor, now)
    return stratum


@transaction.atomic
def delete_stratum(*, stratum: Stratum, actor: User, now: datetime) -> None:
    """Delete the stratum; its customers stay as they are."""
    key = stratum.pk
    stratum.delete()
    _told("stratum.deleted", key, actor, now)


def _told(kind: str, key: int, actor: User, now: datetime) -> None:
    record(kind=kind, actor=actor, facts={"stratum": key}, now=now)
    transaction.on_commit(forget_strata)
