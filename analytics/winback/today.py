"""The consultant's day: callbacks of customers who may leave, red ones first."""

from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy

from analytics.churn.rules.words import Level
from analytics.winback import choices
from analytics.winback.models import WinbackCase
from analytics.winback.services.calling import SOURCE
from crm_site.staff.models import User
from customers.selectors.today import (
    FurtherSection,
    TodayRow,
    person_of,
    register_today,
    share_used,
)

KEY: Final = "winback"
ACTIONS: Final = {"phone": "call", "home_visit": "visit"}


def callbacks_of_today(
    user: User, midnight: datetime, project_id: int | None, now: datetime
) -> list[TodayRow]:
    """Return the callbacks of ``user``: every red one, the others once due before midnight."""
    mine = WinbackCase.objects.open().filter(owner=user, due_at__isnull=False)
    rows = mine.filter(Q(alert__level=Level.RED) | Q(due_at__lt=midnight))
    if project_id is not None:
        rows = rows.filter(customer__project=project_id)
    found = rows.select_related("alert", "customer__grading").order_by(
        "-alert__rank", "due_at", "pk"
    )
    return [_row(case, now) for case in found]


def _row(case: WinbackCase, now: datetime) -> TodayRow:
    due = case.due_at or now
    return TodayRow(
        kind="winback",
        **person_of(case.customer),
        why=str(dict(choices.LEVELS)[case.alert.level]),
        note=str(dict(choices.CAUSES)[case.cause]),
        due_at=due,
        left=due - now,
        fraction=share_used(case.alert.level_at, due, now),
        action=ACTIONS.get(case.channel, "open"),
        is_provisional=case.is_provisional,
        url=case.get_absolute_url(),
    )


def register() -> None:
    """Show the section; tasks of callbacks stand in it and nowhere else."""
    title = gettext_lazy("Customers who may leave")
    hint = gettext_lazy("Red first; write the callback down on the case")
    register_today(FurtherSection(KEY, title, hint, callbacks_of_today, takes=SOURCE))
