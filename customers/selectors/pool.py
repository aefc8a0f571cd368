"""Which customers are about to fall to the pool (CUS-52)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from crm_site.staff.models import User
from customers.models import Customer, PoolWarning
from customers.services.pool import may_fall, with_silence

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class FallingRow:
    """A customer whose owner was warned and who has not been spoken to since."""

    customer_id: int
    name: str
    owner: str
    silent_since: datetime
    falls_at: datetime


def falling_soon(*, user: User) -> list[FallingRow]:
    """Return the warnings that still stand in ``user``'s scope, soonest first; one query."""
    warnings = PoolWarning.objects.filter(
        customer=OuterRef("pk"), owner=OuterRef("owner"), silent_since=OuterRef("silent_since")
    )
    silent = with_silence(may_fall(Customer.objects.visible_to(user).filter(owner__isnull=False)))
    standing = silent.filter(Exists(warnings)).annotate(falls=warnings.values("falls_at")[:1])
    rows = standing.order_by("falls", "pk").values_list(
        "pk", "name", "owner__name", "silent_since", "falls"
    )
    return [FallingRow(*row) for row in rows[:MOST_ROWS]]
