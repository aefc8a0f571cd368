"""The report of callbacks of a month, sent to those who lead the desk (SVC-31)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from service.clocks.rules.months import after, begins, month_of
from service.tickets.models import Ticket
from service.tickets.reports import callback_figures, not_called_back

MONTH_REPORT: Final = "ticket.month_report"
READERS = ("service_manager", "executive")


@transaction.atomic
def report_month(*, now: datetime) -> int:
    """Send the callbacks of the month that ended to each who leads; return to how many.

    Each reads the figures of what they see; asked again in the same month nobody is told twice.
    """
    month = after(month_of(now), -1)
    start, end = begins(month), begins(after(month))
    people = User.objects.filter(is_active=True, role__in=READERS).order_by("pk")
    messages = []
    for person in people:
        seen = Ticket.objects.visible_to(person)
        figures = callback_figures(seen, start=start, end=end)
        params = {
            "month": f"{month:%Y-%m}",
            "told": figures.told,
            "called": figures.called,
            "solved": figures.solved,
            "satisfied": figures.satisfied,
            "late": len(not_called_back(seen, now=now)),
        }
        key = f"{MONTH_REPORT}:{month:%Y-%m}:{person.pk}"
        messages.append(Outgoing(kind=MONTH_REPORT, recipient=person, key=key, params=params))
    send_many(messages, now=now)
    return len(messages)
