"""Rules among the wishes of customers, and what people decide about them (ANA-43)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from analytics.value import choices
from analytics.value.errors import DecidedError
from analytics.value.models import BasketRule
from analytics.value.policies import rules_at
from analytics.value.rules.baskets import Found, mine
from crm_site.audit.services import record
from crm_site.common.whole_tables import alone
from crm_site.staff.models import User
from customers.refusal_sql import REFUSED

LOCK_KEY: Final = 4_201_092
LEAST: Final = 20  # baskets of two wishes and more
MOST: Final = 500
HUNDRED: Final = 100
# What a customer wishes for, one line each: preferences, purpose, family, layout.
WISHES: Final = """
SELECT customer_id, kind || ':' || value FROM customers_preference WHERE value <> ''
UNION
SELECT customer_id, 'purpose:' || purpose FROM (
    SELECT DISTINCT ON (customer_id) customer_id, purpose FROM customers_intentregistration
    ORDER BY customer_id, version DESC
) newest
UNION
SELECT id, 'family:' || btrim(family) FROM customers_customer
WHERE btrim(family) <> '' AND merged_into_id IS NULL
UNION
SELECT id, 'layout:' || btrim(layout) FROM customers_customer
WHERE btrim(layout) <> '' AND merged_into_id IS NULL
"""
BASKETS: Final = f"""
SELECT array_agg(wish) FROM ({WISHES}) w (customer_id, wish)
WHERE customer_id NOT IN ({REFUSED}) GROUP BY customer_id HAVING count(*) > 1
"""  # noqa: S608 -- constants of the code
MINE: Final = f"SELECT wish FROM ({WISHES}) w (customer_id, wish) WHERE customer_id = %s"  # noqa: S608


def mine_wishes(*, now: datetime) -> dict[str, int]:
    """Find the rules anew; decisions stay, what is no longer found is marked so."""
    rules = rules_at(now)
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return {"rules": 0}
        baskets = _baskets()
        if len(baskets) < LEAST:
            return {"rules": 0, "baskets": len(baskets)}
        found = mine(
            baskets,
            support=float(rules.support) / HUNDRED,
            confidence=float(rules.confidence) / HUNDRED,
            longest=3,
        )
        kept = [rule for rule in found.rules if rule.lift > 1][:MOST]
        _write(kept, now)
        return {"rules": len(kept), "baskets": found.baskets}


@transaction.atomic
def decide_rule(*, rule_id: int, state: str, reason: str, actor: User, now: datetime) -> BasketRule:
    """Recommend by a rule, or reject it; raise DecidedError where that is what it says already."""
    rule = BasketRule.objects.select_for_update().get(pk=rule_id)
    if rule.state == state:
        raise DecidedError(_("The rule is decided so already."))
    if state == choices.REJECTED and not reason.strip():
        raise DecidedError(_("Say why the rule is not used."))
    rule.state, rule.reason = state, reason.strip()
    rule.decided_by, rule.decided_at = actor, now
    rule.save(update_fields=["state", "reason", "decided_by", "decided_at", "updated_at"])
    record(
        kind="value.rule_decided",
        actor=actor,
        reason=rule.reason,
        facts={"rule": rule.pk, "state": state},
        now=now,
    )
    return rule


def wishes_of(customer_id: int) -> list[str]:
    """Return what one customer wishes for, as rules write it."""
    with connection.cursor() as cursor:
        cursor.execute(MINE, [customer_id])
        return [wish for (wish,) in cursor.fetchall()]


def _baskets() -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(BASKETS)
        return [wishes for (wishes,) in cursor.fetchall()]


@transaction.atomic
def _write(found: Iterable[Found], now: datetime) -> None:
    rows = [
        BasketRule(
            given=list(rule.given),
            then=rule.then[0],
            support=round(rule.support, 6),
            confidence=round(rule.confidence, 6),
            lift=round(rule.lift, 4),
            count=rule.count,
            baskets=rule.baskets,
            mined_at=now,
            is_found=True,
            updated_at=now,
        )
        for rule in found
    ]
    BasketRule.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["given", "then"],
        update_fields=[
            *("support", "confidence", "lift", "count", "baskets", "mined_at", "is_found"),
            "updated_at",
        ],
    )
    BasketRule.objects.exclude(mined_at=now).filter(is_found=True).update(
        is_found=False, updated_at=now
    )
