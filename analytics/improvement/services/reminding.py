"""Who hears of an improvement item that is late: who is accountable and who leads that person."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from analytics.improvement.messages import ITEM_LATE
from analytics.improvement.programme_models import PdcaItem
from analytics.reviews.messages import titled
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from crm_site.staff.selectors import nearest_superiors


def tell_late_items(*, now: datetime) -> int:
    """Tell who answers for a late item and who leads that person, each once a due day.

    Return how many items are late. An item with another day that passes as well is told anew.
    """
    late = PdcaItem.objects.filter(due_on__lt=timezone.localdate(now)).running()
    rows = list(late.select_related("accountable__node").order_by("pk"))
    above: dict[int, list[User]] = {}
    for row in rows:
        if row.accountable_id not in above:
            above[row.accountable_id] = nearest_superiors(row.accountable)
    send_many(
        (one for row in rows for one in _messages(row, above[row.accountable_id])),
        now=now,
    )
    return len(rows)


def _messages(row: PdcaItem, leads: list[User]) -> Iterable[Outgoing]:
    own = [row.accountable] if row.accountable.is_active else []
    day = row.due_on.isoformat()
    params = {"due": day, "title": titled(row.title)}
    for person in [*own, *leads]:
        key = f"{ITEM_LATE}:{row.pk}:{day}:{person.pk}"
        yield Outgoing(ITEM_LATE, person, key, params, ("pdca-item", row.pk))
