"""The messages of reports and reviews, and who gets them."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.reviews.querysets import DIRECT, KEEP
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from crm_site.staff.rules.roles import ROLES

OPENED: Final = "review.opened"
MEASURE_DUE: Final = "review.measure_due"
MEASURE_LATE: Final = "review.measure_late"
FILING_DUE: Final = "review.filing_due"
FILING_LATE: Final = "review.filing_late"
MEETING: Final = "review.meeting"
WEEKLY: Final = "review.weekly"
DIGITS: Final = re.compile(r"\d{7,}")  # a message holds no phone number
TITLE: Final = 80


def keepers(region_id: int | None) -> list[User]:
    """Return who keeps the reports of a region; for None, those of the company."""
    return people_with(KEEP, region_id)


def directors() -> list[User]:
    """Return who holds the management reviews of the company."""
    return people_with(DIRECT, None)


def people_with(right: str, region_id: int | None) -> list[User]:
    """Return the active people of a region, or of the company for None, who hold a right."""
    roles = [key for key, role in ROLES.items() if right in role.may]
    company = [key for key in roles if ROLES[key].scope is Scope.COMPANY]
    place = (
        Q(role__in=company)
        if region_id is None
        else Q(role__in=set(roles) - set(company), node__region=region_id)
    )
    return list(User.objects.filter(place, is_active=True).order_by("pk"))


def titled(text: str) -> str:
    """Return a title as a message carries it: short, without long numbers."""
    return DIGITS.sub("…", text)[:TITLE]


def words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored days as days."""
    return {"due": dt.date.fromisoformat(params["due"]).isoformat()} if "due" in params else {}


KINDS: Final[Iterable[MessageKind]] = (
    MessageKind(
        key=OPENED,
        label=_("A performance report is opened"),
        title=_("Performance report %(number)s for %(quarter)s is open"),
        body=_("The figures are frozen. Each one off target needs a cause and a measure."),
        icon="chart",
    ),
    MessageKind(
        key=MEASURE_DUE,
        label=_("A measure is due soon"),
        title=_("Measure due %(due)s: %(title)s"),
        icon="clock",
        tone="amber",
        show=words,
    ),
    MessageKind(
        key=MEASURE_LATE,
        label=_("A measure is late"),
        title=_("Measure late since %(due)s: %(title)s"),
        icon="alert",
        tone="red",
        show=words,
    ),
    MessageKind(
        key=FILING_DUE,
        label=_("The summary for head office is due soon"),
        title=_("Summary of %(quarter)s for head office due %(due)s"),
        icon="clock",
        tone="amber",
        show=words,
    ),
    MessageKind(
        key=FILING_LATE,
        label=_("The summary of a region is missing"),
        title=_("Summary of %(quarter)s is missing: %(region)s"),
        body=_("It was due %(due)s."),
        icon="alert",
        tone="red",
        show=words,
    ),
    MessageKind(
        key=MEETING,
        label=_("A management review is to be held"),
        title=_("Management review %(year)s is to be held"),
        body=_("Its inputs: the report of satisfaction and the performance report."),
        icon="calendar",
    ),
    MessageKind(
        key=WEEKLY,
        label=_("Weekly execution report"),
        title=_("Execution report of the week from %(week)s: %(late)s late"),
        icon="chart",
    ),
)


def register() -> None:
    """Make the messages known."""
    for kind in KINDS:
        declare_message(kind)
