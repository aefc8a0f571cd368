"""Moving customers between the buying stages, by events and by hand (CUS-20)."""

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from crm_site.audit.services import record
from crm_site.common.whole_tables import chunks, numbered
from crm_site.staff.models import User
from customers.errors import StageMoveError, fault
from customers.models import Customer, StageEvent
from customers.rules.axes import POSITIONS, BuyingStage, CustomerClass, LeadState, Phase
from customers.rules.entry import EntryFault
from customers.rules.lifecycle import (
    OWNERS,
    PHASE_OF_STAGE,
    STAGES,
    may_set_stage,
    stage_after_event,
    stage_of_lead,
)
from customers.services.lifecycle import locked, reactivate, settle_phase
from customers.services.playbooks import on_event

NEW_ENQUIRY = "enquiry"


@transaction.atomic
def change_stage(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    customer: Customer,
    to: str,
    reason: str,
    held_from: dt.date | None,
    manual: bool,
    actor: User | None,
    now: dt.datetime,
) -> Customer:
    """Set the buying stage and return the customer; phase and history follow.

    ``held_from`` is the local day it holds from, ``None`` for now. By hand a stage leads to the
    next ones of the table only; an event takes any step forward and leaves what is further on.
    Raise ``StageMoveError`` for a jump, ``EntryError`` for a day in the future or before the last
    change.
    """
    if to not in set(BuyingStage):
        raise fault("to", EntryFault.CHOICE)
    current, target = locked(customer), BuyingStage(to)
    from_ = BuyingStage(current.buying_stage)
    if manual and not may_set_stage(from_, target):
        raise StageMoveError()
    if not manual and stage_after_event(from_, target) is from_:
        return current
    at = _moment(current, held_from, now)
    event = _note(current, from_, target, at=at, reason=reason, manual=manual, actor=actor)
    current.buying_stage, current.stage_since, current.updated_at = target.value, at, now
    current.save(update_fields=["buying_stage", "stage_since", "updated_at"])
    reactivate(customer=current, reason=f"stage:{target.value}", actor=actor, now=now)
    settle_phase(customer=current, reason=f"stage:{target.value}", actor=actor, now=now)
    record(
        kind="customer.stage_changed",
        actor=actor,
        subject=("customer", current.pk),
        facts={"from": from_.value, "to": target.value, "is_manual": manual},
        now=now,
    )
    on_event(
        event=f"stage:{target.value}",
        customer=current,
        occurrence=str(event.pk),
        actor=actor,
        now=now,
    )
    return current


def follow_lead(
    *, customer: Customer, state: LeadState, actor: User | None, now: dt.datetime
) -> None:
    """Bring the stage up to what a lead in ``state`` means; ``customer`` is read under its lock.

    A lost lead leaves the stage where it is and dates the loss in the history; any other one
    brings a churned customer back.
    """
    current, wanted = BuyingStage(customer.buying_stage), stage_of_lead(state)
    reason = f"lead:{state.value}"
    if wanted is None:
        _note(customer, current, current, at=now, reason=reason, manual=False, actor=actor)
        return
    reactivate(customer=customer, reason=reason, actor=actor, now=now)
    if stage_after_event(current, wanted) is not current:
        change_stage(
            customer=customer,
            to=wanted.value,
            reason=reason,
            held_from=None,
            manual=False,
            actor=actor,
            now=now,
        )


def _moment(customer: Customer, held_from: dt.date | None, now: dt.datetime) -> dt.datetime:
    """Return the moment the stage holds from: the start of the local day, never out of order."""
    today = timezone.localtime(now).date()
    if held_from is None or held_from == today:
        return now
    since = customer.stage_since or customer.created_at
    if held_from > today:
        raise fault("held_from", EntryFault.FUTURE)
    if held_from < timezone.localtime(since).date():
        raise fault("held_from", "stage_order")
    midnight = timezone.make_aware(dt.datetime.combine(held_from, dt.time.min))
    return max(midnight, since)


def _note(  # noqa: PLR0913 -- one flat call
    customer: Customer,
    from_: BuyingStage,
    to: BuyingStage,
    *,
    at: dt.datetime,
    reason: str,
    manual: bool,
    actor: User | None,
) -> StageEvent:
    return StageEvent.objects.create(
        customer=customer,
        from_stage=from_.value,
        to_stage=to.value,
        reason=reason.strip()[:300],
        is_manual=manual,
        actor=actor,
        at=at,
    )


def place_unplaced(*, now: dt.datetime) -> int:
    """Give records without a dated stage the one of their leads and class; return how many.

    For records written in bulk or before stages were kept; their history begins with it.
    """
    placed = 0
    with numbered("unplaced", _UNPLACED, {}) as unplaced:
        for first, last in chunks(unplaced):
            with connection.cursor() as cursor:
                cursor.execute(_PLACE, {"now": now, "first": first, "last": last})
                placed += cursor.rowcount
    return placed


def _values(column: str, pairs: dict[str, object]) -> str:
    return f"CASE {column} {' '.join(f'WHEN {k!r} THEN {v}' for k, v in pairs.items())} ELSE 0 END"


_RANKS = {state.value: STAGES.index(place.stage) for state, place in POSITIONS.items()}
_CLASS_RANKS = {
    CustomerClass.FIRST_PURCHASE.value: STAGES.index(BuyingStage.SIGNING),
    CustomerClass.EXISTING.value: STAGES.index(BuyingStage.MOVED_IN),
    CustomerClass.HIGH_VALUE.value: STAGES.index(BuyingStage.SIGNING),
}
_STAGE_NAMES = ", ".join(f"'{stage.value}'" for stage in STAGES)
_PHASE_NAMES = ", ".join(f"'{PHASE_OF_STAGE[stage].value}'" for stage in STAGES)
_OWNER_NAMES = ", ".join(f"'{each.value}'" for each in OWNERS)
_UNPLACED = "SELECT id FROM customers_customer WHERE stage_since IS NULL"
_PLACE = f"""
WITH best AS (
    SELECT c.id, c.created_at, max(l.received_at) AS enquired_at,
        GREATEST(coalesce(max({_values("l.state", dict(_RANKS))}), 0),
            {_values("c.customer_class", dict(_CLASS_RANKS))}) AS place
    FROM customers_customer c LEFT JOIN customers_lead l ON l.customer_id = c.id
    WHERE c.stage_since IS NULL
        AND c.id IN (SELECT id FROM unplaced WHERE n BETWEEN %(first)s AND %(last)s)
    GROUP BY c.id
)
UPDATE customers_customer c SET
    buying_stage = (ARRAY[{_STAGE_NAMES}])[best.place + 1],
    phase = CASE WHEN c.phase = '{Phase.CHURNED.value}' THEN c.phase
        WHEN c.customer_class IN ({_OWNER_NAMES}) THEN '{Phase.ACTIVE.value}'
        ELSE (ARRAY[{_PHASE_NAMES}])[best.place + 1] END,
    stage_since = LEAST(coalesce(best.enquired_at, best.created_at), %(now)s)
FROM best WHERE best.id = c.id AND c.stage_since IS NULL
"""  # noqa: S608 -- constants of the rules only
