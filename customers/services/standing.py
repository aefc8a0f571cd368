"""The nightly look at everybody: activity, high value, and the share of it (CUS-09, CUS-26)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from crm_site.common.whole_tables import alone, chunks, numbered
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import Customer
from customers.rules.axes import CustomerClass
from customers.rules.value import has_drifted
from customers.selectors.standing import share_by_region
from customers.services.assessment import remove_refused
from customers.services.classes import move_by_value_test
from customers.services.holding import hold_against_refusals
from customers.services.stages import place_unplaced
from customers.standing_policy import ACTIVITY, VALUE, ValuePolicy
from customers.standing_sql import (
    JUDGED,
    MOVE_CHUNK,
    TO_MOVE,
    TO_WRITE,
    WRITE_CHUNK,
    refresh_params,
)

LOCK_KEY = 4_201_026  # of the advisory lock that one run holds
SHARE_DRIFTED = "value.share_drifted"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run did; everything is 0 when another one is under way.

    ``is_finished`` is false where the time given was over before everybody was written.
    """

    placed: int = 0
    looked_at: int = 0
    written: int = 0
    raised: int = 0
    lowered: int = 0
    is_finished: bool = True


def refresh_standing(*, now: datetime, seconds: float | None = None) -> Refreshed:
    """Bring every customer's standing up to date and move the class of those who pass or fail.

    Only rows that differ are written, chunk by chunk: a second run changes nothing, one that was
    killed or stopped after ``seconds`` is done to the end by the next. Classes set by hand stay,
    and those who refuse to be assessed by machine are left out (PIPL, article 24).
    Executives are told once a month and region when the share has left its band.
    """
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return Refreshed()
        placed = place_unplaced(now=now)
        policy = in_force(VALUE, at=now)
        activity = in_force(ACTIVITY, at=now).value
        params = refresh_params(activity, policy.value, version=policy.version, now=now)
        looked_at, written, is_finished = _write_standing(params, seconds)
        if not is_finished:
            return Refreshed(placed, looked_at, written, is_finished=False)
        remove_refused(customer_ids=None, actor=None, now=now)
        raised, lowered = _move_classes(now)
        _tell_of_drift(policy.value, now)
    return Refreshed(placed, looked_at, written, raised, lowered)


def _write_standing(params: dict[str, Any], seconds: float | None) -> tuple[int, int, bool]:
    """Write who stands otherwise; return customers looked at, rows written, whether it was all."""
    looked_until = written = 0
    with (
        numbered("standing_judged", JUDGED, params) as looked_at,
        numbered("standing_to_write", TO_WRITE, params) as to_write,
    ):
        for first, last in chunks(to_write, seconds=seconds):
            written += _write_chunk(params | {"first": first, "last": last})
            looked_until = last
    return looked_at, written, looked_until == to_write


@transaction.atomic
def _write_chunk(params: dict[str, Any]) -> int:
    hold_against_refusals()
    with connection.cursor() as cursor:
        cursor.execute(WRITE_CHUNK, params)
        return int(cursor.rowcount)


def _move_classes(now: datetime) -> tuple[int, int]:
    """Move the classes that no longer fit the test; return how many rose and fell."""
    raised = lowered = 0
    with numbered("standing_to_move", TO_MOVE, {}) as to_move:
        for first, last in chunks(to_move):
            up, down = _move_chunk(first, last, now)
            raised, lowered = raised + up, lowered + down
    return raised, lowered


@transaction.atomic
def _move_chunk(first: int, last: int, now: datetime) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(MOVE_CHUNK, {"first": first, "last": last})
        rows = cursor.fetchall()
    high = CustomerClass.HIGH_VALUE.value
    up = [(pk, before) for pk, before in rows if before != high]
    down = [(pk, before) for pk, before in rows if before == high]
    move_by_value_test(moves=up, to=CustomerClass.HIGH_VALUE, now=now)
    move_by_value_test(moves=down, to=CustomerClass.EXISTING, now=now)
    return len(up), len(down)


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
