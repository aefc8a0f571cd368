"""The two queues of enquiries: senior consultants, and the other ones (CUS-14)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from crm_site.staff.models import User
from customers.rules.ownership import Desk, share_out
from customers.rules.packages import Adviser
from customers.services.responses import packages

Waiting = tuple[int, str | None, str]  # customer, grade, class


def share_by_queue(
    waiting: Sequence[Waiting], desks: Sequence[Desk], *, now: datetime
) -> Mapping[int, list[int]]:
    """Return customers by consultant, each from the queue that the package of the grade names.

    Where a queue has nobody, everybody takes part in it; without a grade it is that of the other
    consultants.
    """
    policy = packages(now)
    seniors = _seniors(policy.seniors, desks)
    upper = [desk for desk in desks if desk.consultant in seniors] or list(desks)
    usual = [desk for desk in desks if desk.consultant not in seniors] or list(desks)
    high: list[int] = []
    others: list[int] = []
    for customer, grade, customer_class in waiting:
        found = policy.package(grade=grade, customer_class=customer_class)
        is_high = found is not None and found[1].adviser is Adviser.SENIOR
        (high if is_high else others).append(customer)
    shares = dict(share_out(high, upper))
    for consultant, customers in share_out(others, _after(usual, shares)).items():
        shares[consultant] = [*shares.get(consultant, []), *customers]
    return shares


def _after(desks: Sequence[Desk], shares: Mapping[int, list[int]]) -> list[Desk]:
    """Return the desks with what they were just given counted in."""
    return [
        Desk(
            consultant=desk.consultant,
            open_leads=desk.open_leads + len(shares.get(desk.consultant, ())),
            room=desk.room - len(shares.get(desk.consultant, ())),
        )
        for desk in desks
    ]


def _seniors(usernames: Sequence[str], desks: Sequence[Desk]) -> set[int]:
    if not usernames:
        return set()
    people = User.objects.filter(username__in=usernames, pk__in=[desk.consultant for desk in desks])
    return set(people.values_list("pk", flat=True))
