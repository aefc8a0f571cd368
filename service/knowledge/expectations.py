"""What customers expect, what they were told, and where the two differ (SVC-17).

A register holds each expectation; the gap report lists those that are not met, and a daily job
warns before the handover, while there is still time to speak with the customer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.subjects import references
from crm_site.outbox.services import Outgoing, send_many
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import Outcome, RegisterDefinition, RegisterField
from crm_site.staff.models import User
from customers.handover.models import UnitDelivery
from service.knowledge.choices import STAGES
from service.knowledge.finding import rules_at

EXPECTATIONS: Final = "expectations"
SUBJECT: Final = "customer"
WARNING: Final = "knowledge.expectation"
MET, UNMET = "met", "unmet"
GAPS: Final = (
    ("none", pgettext_lazy("expectation", "None: it will be as expected")),
    ("small", pgettext_lazy("expectation", "Small")),
    ("large", pgettext_lazy("expectation", "Large")),
)
OPEN_GAPS: Final = ("small", "large")
TOPICS: Final = (
    ("price", pgettext_lazy("expectation", "Price and its movement")),
    ("date", pgettext_lazy("expectation", "Date of the handover")),
    ("quality", pgettext_lazy("expectation", "Quality and fittings")),
    ("surroundings", pgettext_lazy("expectation", "Surroundings and schools")),
    ("service", pgettext_lazy("expectation", "Service")),
    ("other", pgettext_lazy("expectation", "Other")),
)
DEFINITION = RegisterDefinition(
    key=EXPECTATIONS,
    label=_("Expectations of customers"),
    item=_("Expectation of a customer"),
    help=_("What a customer expects, what was said about it, and how far the two are apart."),
    fields=(
        RegisterField(
            key="stage", label=_("Stage"), type="choice", choices=tuple(STAGES), required=True
        ),
        RegisterField(key="topic", label=_("Topic"), type="choice", choices=TOPICS, required=True),
        RegisterField(key="said", label=_("What was said"), type="long", required=True),
        RegisterField(key="gap", label=_("Gap"), type="choice", choices=GAPS, required=True),
    ),
    title_label=_("What the customer expects"),
    due_label=_("Speak with the customer by"),
    subject_kind=SUBJECT,
    view_permission="customers.view_customer",
    edit_permission="customers.log_interaction",
    outcomes=(
        Outcome(
            key=MET,
            label=pgettext_lazy("expectation", "Met"),
            asks=_("Evidence"),
            action=_("Met: say what proves it"),
        ),
        Outcome(
            key=UNMET,
            label=pgettext_lazy("expectation", "Not met"),
            asks=_("Reason"),
            action=_("Not met: say why and what was offered"),
            tone="red",
            shape="cross",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """An expectation that is not met, whose it is, and when their home is handed over."""

    entry: RegisterEntry
    customer: Any
    stage: Any
    topic: Any
    gap: Any
    handover_on: date | None


def unmet(user: User) -> Any:
    """Return the expectations with a gap that stand open, and those that ended unmet."""
    rows = RegisterEntry.objects.visible_to(user).of(EXPECTATIONS)
    open_gap = rows.open().filter(values__gap__in=OPEN_GAPS)
    return (open_gap | rows.filter(state=UNMET)).select_related("owner")


def lines(rows: Iterable[RegisterEntry], user: User) -> list[Gap]:
    """Return expectations in words, with customer and day of the handover; two statements."""
    found = list(rows)
    pairs = [(SUBJECT, str(row.subject_id)) for row in found]
    known = references(pairs, user)
    days = handover_days([row.subject_id for row in found if row.subject_id])
    stages, topics, gaps = dict(STAGES), dict(TOPICS), dict(GAPS)
    return [
        Gap(
            row,
            known.get(pair),
            stages.get(row.values.get("stage")),
            topics.get(row.values.get("topic")),
            gaps.get(row.values.get("gap")),
            days.get(row.subject_id),
        )
        for row, pair in zip(found, pairs, strict=True)
    ]


def handover_days(customers: Iterable[int]) -> dict[int | None, date]:
    """Return the next day on which a home of each customer is handed over."""
    waiting = UnitDelivery.objects.filter(
        purchase__customer__in=list(customers), taken_at__isnull=True, due_on__isnull=False
    )
    found: dict[int | None, date] = {}
    for customer, day in waiting.order_by("-due_on").values_list("purchase__customer", "due_on"):
        found[customer] = day
    return found


def warn_before_handover(*, now: datetime) -> int:
    """Tell the owners of open gaps that the handover is near; each gap and day once.

    Return how many were told of now, those told before included.
    """
    today = timezone.localdate(now)
    last = today + timedelta(days=rules_at(now).expectation_days)
    soon = UnitDelivery.objects.filter(taken_at__isnull=True, due_on__range=(today, last))
    days: dict[int, date] = defaultdict(lambda: last)
    for customer, day in soon.filter(purchase__isnull=False).values_list(
        "purchase__customer", "due_on"
    ):
        days[customer] = min(days[customer], day)
    rows = RegisterEntry.objects.of(EXPECTATIONS).open().filter(values__gap__in=OPEN_GAPS)
    rows = rows.filter(subject_kind=SUBJECT, subject_id__in=list(days)).select_related("owner")
    notices = [_notice(row, days[row.subject_id or 0]) for row in rows.order_by("pk")]
    send_many(notices, now=now)
    return len(notices)


def _notice(row: RegisterEntry, day: date) -> Outgoing:
    key = f"expectation:{row.pk}:{day.isoformat()}"
    params = {"day": day.isoformat(), "topic": str(row.values.get("topic", ""))}
    return Outgoing(WARNING, row.owner, key, params, ("register-entry", row.pk))


def words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored codes as words."""
    return {"topic": str(dict(TOPICS).get(params["topic"], params["topic"]))}
