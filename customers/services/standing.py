"""The nightly look at everybody: activity, high value, and the share of it (CUS-09, CUS-26)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import Customer
from customers.rules.axes import CustomerClass
from customers.rules.value import has_drifted
from customers.selectors.standing import share_by_region
from customers.services.assessment import remove_refused
from customers.services.classes import move_by_value_test
from customers.services.stages import place_unplaced
from customers.standing_policy import ACTIVITY, VALUE, ValuePolicy
from customers.standing_sql import REFRESH, TO_MOVE, refresh_params

LOCK_KEY = 4_201_026  # of the advisory lock that one run holds
SHARE_DRIFTED = "value.share_drifted"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run did; everything is 0 when another one is under way."""

    placed: int = 0
    looked_at: int = 0
    written: int = 0
    raised: int = 0
    lowered: int = 0


@transaction.atomic
def refresh_standing(*, now: datetime) -> Refreshed:
    """Bring every customer's standing up to date and move the class of those who pass or fail.

    Only rows that differ are written, so a second run changes nothing. Classes set by hand stay,
    and those who refuse to be assessed by machine are left out (PIPL, article 24).
    Executives are told once a month and region when the share has left its band.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY])
        if not cursor.fetchone()[0]:
            return Refreshed()
        placed = place_unplaced(now=now)
        policy = in_force(VALUE, at=now)
        activity = in_force(ACTIVITY, at=now).value
        params = refresh_params(activity, policy.value, version=policy.version, now=now)
        cursor.execute(REFRESH, params)
        looked_at, written = cursor.fetchone()
        remove_refused(customer_ids=None, actor=None, now=now)
        cursor.execute(TO_MOVE)
        rows = cursor.fetchall()
    high = CustomerClass.HIGH_VALUE.value
    up = [(pk, before) for pk, before in rows if before != high]
    down = [(pk, before) for pk, before in rows if before == high]
    move_by_value_test(moves=up, to=CustomerClass.HIGH_VALUE, now=now)
    move_by_value_test(moves=down, to=CustomerClass.EXISTING, now=now)
    _tell_of_drift(policy.value, now)
    return Refreshed(placed, looked_at, written, len(up), len(down))


def _tell_of_drift(policy: ValuePolicy, now: datetime) -> None:
    """Tell the executives of every region whose share has left the band, once a month."""
    month = f"{timezone.localtime(now):%Y-%m}"
    drifted = {
        row.region: row
        for row in share_by_region(Customer.objects.filter(merged_into__isnull=True))
        if row.total >= policy.least
        and has_drifted(row.share, anchor=policy.anchor, band=policy.band)
    }
    people = User.objects.filter(is_active=True, role="executive", node__region__in=drifted)
    send_many(
        [
            Outgoing(
                kind=SHARE_DRIFTED,
                recipient=person,
                key=f"value-share:{month}:{row.region}:{person.pk}",
                params={"share": f"{row.share:.1f}", "anchor": policy.anchor},
            )
            for person in people.select_related("node")
            if person.node is not None and (row := drifted[person.node.region_id])
        ],
        now=now,
    )
