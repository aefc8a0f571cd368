"""Jobs over the answers: alerts when a month falls, monthly sheets, the yearly survey."""

from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Avg, Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.services import ensure_default
from crm_site.staff.models import User
from customers.models import Project
from service.surveys.choices import Stage, Trigger
from service.surveys.defaults import SALES_CHECK
from service.surveys.defaults import YEARLY as YEARLY_FORM
from service.surveys.messages import ALERT, YEARLY
from service.surveys.models import Survey, SurveyResponse
from service.surveys.overview import before
from service.surveys.policies import RULES, SurveyRules
from service.surveys.querysets import BOXES
from service.surveys.report_models import QualitySheet, SatisfactionAlert
from service.surveys.rules.figures import has_dropped
from service.surveys.rules.scales import Box
from service.tickets.models import Ticket

LEADERS: Final = ("service_manager", "executive")
SALES: Final = (Trigger.VISIT.value, Trigger.SIGNING.value)


def watch_drops(*, now: datetime) -> int:
    """Compare last month with the one before, by project and person; return the alerts raised.

    A fall beyond the policy's limit is told once to those who lead the region (SVC-52).
    """
    month = before(timezone.localdate(now).replace(day=1), 1)
    rules: SurveyRules = in_force(RULES, at=now).value
    raised = 0
    for key in ("project", "adviser"):
        for found in _falls(key, month, rules):
            raised += _alert(found, month, now)
    return raised


def _falls(key: str, month: date, rules: SurveyRules) -> list[dict[str, Any]]:
    fields = ("project", "region") if key == "project" else ("adviser", "region")
    rows = SurveyResponse.objects.of_customers().filter(
        rating__isnull=False, **{f"{key}__isnull": False}
    )
    means: dict[date, dict[Any, Any]] = {}
    for day in (before(month, 1), month):
        grouped = rows.filter(month_on=day).order_by().values(*fields)
        means[day] = {row[key]: row for row in grouped.annotate(mean=Avg("rating"), n=Count("pk"))}
    found = []
    for subject, row in means[month].items():
        last = means[before(month, 1)].get(subject)
        enough = last and min(last["n"], row["n"]) >= rules.drop_answers
        if last and enough and has_dropped(last["mean"], row["mean"], by=rules.drop):
            found.append(row | {"before": last["mean"]})
    return found


@transaction.atomic
def _alert(found: dict[str, Any], month: date, now: datetime) -> int:
    alert, is_new = SatisfactionAlert.objects.get_or_create(
        month_on=month,
        project_id=found.get("project"),
        person_id=found.get("adviser"),
        defaults={
            "region_id": found["region"],
            "before": found["before"],
            "after": found["mean"],
            "answers": found["n"],
            "raised_at": now,
        },
    )
    if not is_new:
        return 0
    alert.refresh_from_db()
    who = alert.project.name if alert.project else alert.person.name if alert.person else ""
    params = {
        "who": who,
        "before": str(alert.before),
        "after": str(alert.after),
        "answers": alert.answers,
    }
    _tell(_leaders(alert.region_id), ALERT, f"drop:{alert.pk}", params, now)
    return 1


def make_sheets(*, now: datetime) -> int:
    """Write last month's sheet of each project that sold or was rated; return how many (SVC-53)."""
    month = before(timezone.localdate(now).replace(day=1), 1)
    made = 0
    for project in Project.objects.select_related("node").order_by("pk"):
        made += _sheet(project, month, now)
    return made


def _sheet(project: Project, month: date, now: datetime) -> int:
    rated = SurveyResponse.objects.of_customers().filter(
        project=project, month_on=month, trigger__in=SALES, rating__isnull=False
    )
    figures = rated.aggregate(
        n=Count("pk"), mean=Avg("rating"), good=Count("pk", filter=BOXES[Box.SATISFIED])
    )
    in_month = {"year": month.year, "month": month.month}
    checks = AnswerSheet.objects.complete().filter(
        questionnaire__key=SALES_CHECK,
        subject_kind="project",
        subject_id=project.pk,
        **{f"completed_at__{part}": value for part, value in in_month.items()},
    )
    checked = checks.aggregate(n=Count("pk"), score=Avg("score"))
    complaints = Ticket.objects.standing().filter(
        Q(stage=Stage.PRE_SALE.value) | Q(stage=Stage.IN_SALE.value),
        kind="complaint",
        project=project,
        **{f"opened_at__{part}": value for part, value in in_month.items()},
    )
    _row, is_new = QualitySheet.objects.get_or_create(
        project=project,
        month_on=month,
        defaults={
            "region_id": project.node.region_id,
            "ratings": figures["n"],
            "mean": figures["mean"],
            "satisfied": figures["good"],
            "checks": checked["n"],
            "check_score": checked["score"],
            "complaints": complaints.count(),
            "made_at": now,
        },
    )
    return int(is_new)


@transaction.atomic
def plan_year(*, now: datetime) -> Survey | None:
    """Make the draft of this year's survey, once; alert while it is not open in time (SVC-48).

    From the end of the policy's month on, each month that it is missing is told once to head
    office and to those who lead the regions. Return the survey if it is new.
    """
    today = timezone.localdate(now)
    rules: SurveyRules = in_force(RULES, at=now).value
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Yearly satisfaction survey %(year)s") % {"year": today.year}
    survey, is_new = Survey.objects.get_or_create(
        year=today.year,
        defaults={
            "title": title,
            "questionnaire": ensure_default(YEARLY_FORM),
            "trigger": Trigger.AUDIENCE.value,
            "created_at": now,
        },
    )
    if survey.is_draft and today.month > rules.yearly_by_month:
        people = User.objects.filter(role__in=(*LEADERS, "head_office"), is_active=True)
        key = f"yearly:{today:%Y-%m}"
        _tell(people.order_by("pk"), YEARLY, key, {"year": today.year}, now)
    return survey if is_new else None


def _leaders(region_id: int | None) -> Any:
    people = User.objects.filter(role__in=LEADERS, is_active=True)
    return people.filter(node__region=region_id) if region_id else people


def _tell(people: Any, kind: str, key: str, params: dict[str, Any], now: datetime) -> None:
    keys = people.values_list("pk", flat=True)
    send_many([Outgoing(kind, pk, f"{key}:{pk}", params) for pk in keys], now=now)
