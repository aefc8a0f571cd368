"""Certificates about to run out: whoever keeps the project is told once a day (MKT-61)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.services import send
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES
from customers.models import Certificate
from customers.property import choices
from customers.property.policies import PROPERTY

EXPIRING: Final = "certificate.expiring"
KEEPERS = ("customers.disclose_project", "customers.edit_units")
KINDS = dict(choices.CERTIFICATES)


def shown(params: dict[str, object]) -> dict[str, object]:
    """Return the stored values as words."""
    day = parse_date(str(params["day"]))
    return {
        "certificate": KINDS.get(str(params["kind"]), params["kind"]),
        "day": date_format(day, "SHORT_DATE_FORMAT") if day else params["day"],
    }


def warn_of_certificates(*, now: datetime) -> int:
    """Warn of the certificates that run out within the days of the policy; return how many.

    A newer certificate of the same kind ends the warnings. A certificate is warned of once a day
    until the day it runs out.
    """
    today = timezone.localtime(now).date()
    days = in_force(PROPERTY, at=now).value.certificate_days
    due = Certificate.objects.filter(
        Q(alerted_for=None) | Q(alerted_for__lt=today),
        expires_on__gte=today,
        expires_on__lte=today + timedelta(days=days),
    )
    return sum(_warn(pk, today, now) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _warn(pk: int, today: date, now: datetime) -> int:
    waiting = Q(alerted_for=None) | Q(alerted_for__lt=today)
    if not Certificate.objects.filter(waiting, pk=pk).update(alerted_for=today):
        return 0
    row = Certificate.objects.select_related("project__node").get(pk=pk)
    newer = Certificate.objects.filter(project=row.project, kind=row.kind).exclude(pk=pk)
    if newer.filter(Q(expires_on=None) | Q(expires_on__gt=row.expires_on)).exists():
        return 0
    params = {
        "project": row.project.name,
        "kind": row.kind,
        "number": row.number,
        "day": row.expires_on.isoformat() if row.expires_on else "",
    }
    for person in _keepers(row):
        send(
            kind=EXPIRING,
            recipient=person,
            subject=("project", row.project_id),
            params=params,
            key=f"certificate:{row.pk}:{today:%Y%m%d}:{person.pk}",
            now=now,
        )
    return 1


def _keepers(row: Certificate) -> Sequence[User]:
    """Return who keeps the project's papers: its marketing and the management of its region."""
    roles = [key for key, role in ROLES.items() if role.may & set(KEEPERS)]
    place = Q(node__project_id=row.project_id) | Q(node_id=row.project.node.region_id)
    people = User.objects.filter(place, is_active=True, role__in=roles)
    found = list(people.order_by("pk"))
    return found or list(User.objects.filter(is_active=True, role="head_office").order_by("pk"))


def register() -> None:
    """Make the message known."""
    declare_message(
        MessageKind(
            key=EXPIRING,
            label=_("A certificate runs out"),
            title=_("%(certificate)s of %(project)s runs out on %(day)s"),
            body=_("Number %(number)s. Renew it and enter the new one on the page of the project."),
            icon="flag",
            tone="amber",
            show=shown,
        )
    )
