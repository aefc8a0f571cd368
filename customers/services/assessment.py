"""Nothing about a customer who refuses to be assessed by machine is computed, kept or shown.

Personal Information Protection Law, article 24: everybody may refuse decisions made by machines
alone. The row of the grade and that of the standing go; a class that only the test of value gave
falls back. Runs over everybody leave these customers out (``refusal_sql``).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from crm_site.audit.services import record_bulk
from crm_site.staff.models import User
from customers.models import Customer
from customers.refusal_sql import REMOVE_ALL, REMOVE_SOME
from customers.rules.axes import CustomerClass
from customers.services.classes import move_by_value_test

REFUSED: Final = "profiling refused"  # reason of the events; shown in the reader's language
Removal = Callable[[Sequence[int] | None, datetime], object]
_removals: dict[str, Removal] = {}


def register_removal(name: str, remove: Removal) -> None:
    """Let an app above remove what it computed of those who refuse; again replaces it.

    It gets the customers that ``remove_refused`` looks at (``None``: everybody), in its
    transaction, and takes from those of them who refuse.
    """
    _removals[name] = remove


@transaction.atomic
def remove_refused(*, customer_ids: Sequence[int] | None, actor: User | None, now: datetime) -> int:
    """Take grade and standing from those of the customers who refuse; return how many lost a grade.

    None looks at everybody. A second call changes nothing. Locks on grades end as well, and so
    does what apps above computed (``register_removal``).
    """
    for remove in list(_removals.values()):
        remove(customer_ids, now)
    statement = REMOVE_ALL if customer_ids is None else REMOVE_SOME
    params = {
        "now": now,
        "actor": actor.pk if actor else None,
        "reason": REFUSED,
        "ids": list(customer_ids or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    ungraded = [pk for pk, _class, had_grade in rows if had_grade]
    high = CustomerClass.HIGH_VALUE.value
    move_by_value_test(
        moves=_by_machine([pk for pk, class_, _had in rows if class_ == high]),
        to=CustomerClass.EXISTING,
        reason=REFUSED,
        now=now,
    )
    if ungraded:
        record_bulk(
            kind="grade.removed",
            actor=actor,
            subject_kind="customer",
            ids=ungraded,
            reason=REFUSED,
            facts={"customers": len(ungraded)},
            now=now,
        )
    return len(ungraded)


def _by_machine(keys: list[int]) -> list[tuple[int, str]]:
    """Return those whose class nobody set by hand, with that class."""
    rows = Customer.objects.filter(pk__in=keys, class_is_manual=False).order_by("pk")
    return list(rows.values_list("pk", "customer_class"))
