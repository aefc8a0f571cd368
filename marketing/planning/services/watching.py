"""The daily look at plans and papers: a late annual plan, papers near their end (MKT-03, 20)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from crm_site.outbox.services import Outgoing, send_many
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services.reminders import DIGITS
from crm_site.staff.models import User
from crm_site.staff.selectors import nearest_superiors
from marketing.planning import choices
from marketing.planning.policies import rules_at
from marketing.planning.registers import CERTIFICATES, COMPETITORS, SURVEYS
from marketing.planning.rules.years import deadlines, late_steps, year_to_watch
from marketing.planning.selectors import plan_standing

LATE: Final = "planning.plan_late"
ENDING: Final = "planning.certificate"
STALE: Final = "planning.stale"
TOLD_OF_PLANS: Final = ("marketing", "executive", "head_office")


def watch(*, now: datetime) -> dict[str, int]:
    """Send what is to be told today; each alert once per person and reason. Safe to run twice."""
    return {
        "plan": warn_of_late_plan(now=now),
        "certificates": warn_of_certificates(now=now),
        "stale": warn_of_stale(now=now),
    }


def warn_of_late_plan(*, now: datetime) -> int:
    """Tell marketing and management which steps of the annual plan are late; return how many."""
    days, today = rules_at(now).plan_days, timezone.localdate(now)
    year = year_to_watch(today, days)
    late = late_steps(year, plan_standing(year), today=today, days_before=days)
    if not late:
        return 0
    ends = deadlines(year, days)
    people = list(User.objects.filter(is_active=True, role__in=TOLD_OF_PLANS).order_by("pk"))
    notices = [
        Outgoing(
            LATE,
            person,
            f"annual-plan:{year}:{step}:{person.pk}",
            {"year": str(year), "step": step, "day": ends[step].isoformat()},
        )
        for step in late
        for person in people
    ]
    send_many(notices, now=now)
    return len(late)


def warn_of_certificates(*, now: datetime) -> int:
    """Tell owners and their superiors of certificates near their end; return how many those are."""
    limit = now + timedelta(days=rules_at(now).certificate_days)
    rows = RegisterEntry.objects.of(CERTIFICATES).open().filter(due_at__lte=limit)
    found = list(rows.select_related("owner__node").order_by("pk"))
    notices = []
    for row in found:
        assert row.due_at is not None  # noqa: S101 -- filtered by it
        day = timezone.localdate(row.due_at).isoformat()
        for person in _owner_and_above(row.owner):
            notices.append(_notice(ENDING, row, person, day, {"day": day}))
    send_many(notices, now=now)
    return len(found)


def warn_of_stale(*, now: datetime) -> int:
    """Tell owners which surveys and facts about competitors are too old; return how many."""
    rules, today = rules_at(now), timezone.localdate(now)
    old = Q(register=SURVEYS, values__done_on__lt=_before(today, rules.survey_days)) | Q(
        register=COMPETITORS, values__seen_on__lt=_before(today, rules.competitor_days)
    )
    found = list(RegisterEntry.objects.open().filter(old).select_related("owner").order_by("pk"))
    notices = []
    for row in found:
        day = str(row.values.get("done_on") or row.values.get("seen_on"))
        if row.owner.is_active:
            params = {"register": row.register, "day": day}
            notices.append(_notice(STALE, row, row.owner, day, params))
    send_many(notices, now=now)
    return len(found)


def words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored codes as words."""
    from crm_site.registers.registry import definition

    shown = {}
    if "step" in params:
        shown["step"] = str(dict(choices.STEPS).get(params["step"], params["step"]))
    if "register" in params:
        found = definition(params["register"])
        shown["item"] = str(found.item) if found else params["register"]
    return shown


def _before(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def _owner_and_above(owner: User) -> Iterable[User]:
    return ([owner] if owner.is_active else []) + nearest_superiors(owner)


def _notice(
    kind: str, row: RegisterEntry, person: User, day: str, params: dict[str, Any]
) -> Outgoing:
    key = f"{kind}:{row.pk}:{day}:{person.pk}"
    return Outgoing(
        kind,
        person,
        key,
        {"title": DIGITS.sub("…", row.title), **params},
        ("register-entry", row.pk),
    )
