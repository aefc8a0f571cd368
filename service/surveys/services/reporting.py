"""Reports of satisfaction: figures frozen at the moment, a PDF of them alone (SVC-50, 51, 56)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_site.audit.services import record
from crm_site.common.files import PDF, Taken
from crm_site.common.refusals import NotAllowedError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from customers.models import Project
from service.surveys import selectors
from service.surveys.choices import REPORTS, STAGES, TRIGGERS
from service.surveys.models import SurveyInvitation, SurveyResponse
from service.surveys.pdf import Paper, Part, paper_pdf
from service.surveys.policies import RULES, SurveyRules
from service.surveys.querysets import MANAGE, in_scope
from service.surveys.report_models import ImprovementItem, SatisfactionReport
from service.surveys.rules.figures import FEW, bias_note, overall, response_rate
from service.tickets.models import Ticket

LOCK: Final = 7_310_551  # one number at a time
CONCERNS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first to the last day of a report."""

    kind: str
    starts_on: date
    ends_on: date


@transaction.atomic
def make_report(*, period: Period, actor: User, now: datetime) -> SatisfactionReport:
    """Freeze the figures that ``actor`` may see, make the PDF of them, and return the report.

    Raise NotAllowedError without the right, ValidationError for a period that is not over or ends
    before it starts.
    """
    if not actor.has_perm(MANAGE):
        raise NotAllowedError(_("Your role does not make reports of satisfaction."))
    if period.ends_on < period.starts_on:
        raise ValidationError({"ends_on": _("The end lies before the beginning.")})
    if period.starts_on > timezone.localdate(now):
        raise ValidationError({"starts_on": _("The day lies in the future.")})
    number = _next_number(period, now)
    with translation.override(settings.LANGUAGE_CODE):
        facts = facts_of(period, actor, number=number, now=now)
    taken = Taken(f"{number}.pdf", PDF, paper_pdf(paper_of(facts)))
    whole = actor.role_definition.scope is Scope.COMPANY or actor.node is None
    row = SatisfactionReport.objects.create(
        **taken.values(),
        number=number,
        kind=period.kind,
        region_id=None if whole or actor.node is None else actor.node.region_id,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        facts=facts,
        made_by=actor,
        made_at=now,
    )
    record(
        kind="survey.report_made",
        actor=actor,
        subject=None,
        facts={"number": number},
        now=now,
    )
    return row


def paper_of(facts: dict[str, Any]) -> Paper:
    """Return what the PDF draws; the same facts give the same bytes."""
    return Paper(
        title=facts["title"],
        number=facts["number"],
        lead=[tuple(pair) for pair in facts["lead"]],
        parts=[Part(one["title"], one["lines"]) for one in facts["parts"]],
        foot=facts["foot"],
        made_at=datetime.fromisoformat(facts["made_at"]),
    )


def facts_of(period: Period, user: User, *, number: str, now: datetime) -> dict[str, Any]:
    """Return everything the report says, as text: sources, figures, concerns, measures, limits."""
    zone = timezone.get_current_timezone()
    start = datetime.combine(period.starts_on, time.min, zone)
    end = datetime.combine(period.ends_on + timedelta(days=1), time.min, zone)
    rows = SurveyResponse.objects.visible_to(user).of_customers().between(start, end)
    tickets = Ticket.objects.standing().visible_to(user).filter(opened_at__gte=start)
    tickets = tickets.filter(opened_at__lt=end)
    items = list(_items(user, period))
    figures = selectors.figures_of(rows)
    return {
        "title": str(dict(REPORTS)[period.kind]),
        "number": number,
        "made_at": now.isoformat(),
        "lead": [
            [pgettext("report", "Period"), f"{period.starts_on} – {period.ends_on}"],
            [_("Answers"), str(figures.answers)],
            [_("Made by"), user.name],
        ],
        "parts": [
            {"title": _("1. Sources and method"), "lines": _sources(rows, user, start, end)},
            {"title": _("2. Satisfaction"), "lines": _results(figures)},
            {"title": _("3. By stage"), "lines": _stages(rows, now)},
            {"title": _("4. By project"), "lines": _projects(rows)},
            {"title": _("5. Main concerns"), "lines": _concerns(rows, tickets)},
            {"title": _("6. Measures and progress"), "lines": _measures(items)},
            {"title": _("7. Limits of these figures"), "lines": _limits(user, start, end, figures)},
        ],
        "foot": _("Frozen on %(day)s; later answers do not change this report.")
        % {"day": timezone.localdate(now).isoformat()},
    }


def _sources(rows: Any, user: User, start: datetime, end: datetime) -> list[str]:
    words = dict(TRIGGERS)
    asked = _asked(user, start, end)
    invited, answered = asked["n"], asked["answered"]
    rate = response_rate(invited, answered)
    lines = [
        _("%(asked)s asked, %(answered)s answered, response rate %(rate)s.")
        % {"asked": invited, "answered": answered, "rate": _percent(rate)}
    ]
    by_trigger = rows.order_by().values("trigger").annotate(n=Count("pk")).order_by("trigger")
    lines += [f"{words[row['trigger']]}: n = {row['n']}" for row in by_trigger]
    return [*lines, _("Ratings out of 10; five steps count twice. Intervals are 95 %.")]


def _asked(user: User, start: datetime, end: datetime) -> dict[str, int]:
    rows = SurveyInvitation.objects.filter(
        in_scope(user, is_shared=False), person__isnull=True, invited_at__gte=start
    )
    found: dict[str, int] = rows.filter(invited_at__lt=end).aggregate(
        n=Count("pk"), answered=Count("pk", filter=Q(used_at__isnull=False))
    )
    return found


def _results(figures: selectors.Figures) -> list[str]:
    lines = []
    if figures.mean:
        lines.append(
            _("Satisfaction %(mean)s of 10, n = %(n)s%(few)s.")
            % {"mean": f"{figures.mean.mean:.2f}", "n": figures.mean.n, "few": _few(figures.mean.n)}
        )
    if figures.csat:
        lines.append(
            _("Satisfied %(share)s (%(low)s to %(high)s).")
            % {
                "share": _percent(figures.csat.percent),
                "low": _percent(figures.csat.low),
                "high": _percent(figures.csat.high),
            }
        )
    if figures.nps:
        lines.append(
            _("Recommendation (NPS) %(nps)s, n = %(n)s.")
            % {"nps": f"{figures.nps.value:.1f}", "n": figures.nps.n}
        )
    lines.append(_("%(n)s low answers; a care ticket follows each.") % {"n": figures.low})
    return lines


def _stages(rows: Any, now: datetime) -> list[str]:
    rules: SurveyRules = in_force(RULES, at=now).value
    lines, scores = [], {}
    for stage, words in STAGES:
        mean = selectors.figures_of(rows.filter(stage=stage)).mean
        scores[stage] = mean.mean / 2 if mean else None
        shown = f"{mean.mean / 2:.2f} / 5, n = {mean.n}{_few(mean.n)}" if mean else _("no answers")
        lines.append(f"{words}: {shown}")
    whole = overall(scores, dict(rules.stage_weights))
    if whole is not None:
        lines.append(_("Overall, by weight of the stages: %(n)s / 5") % {"n": f"{whole:.2f}"})
    return lines


def _projects(rows: Any) -> list[str]:
    lines = []
    for line in selectors.by_project(rows):
        mean = line.figures.mean
        said = f"{mean.mean:.2f}, n = {mean.n}{_few(mean.n)}" if mean else _("no answers")
        lines.append(f"{line.name}: {said}")
    return lines or [_("no answers")]


def _concerns(rows: Any, tickets: Any) -> list[str]:
    low = selectors.low_questions(rows)[:CONCERNS]
    lines = [f"{label}: {mean:.2f} / 10, n = {n}" for label, mean, n in low]
    classes = (
        tickets.filter(kind="complaint")
        .order_by()
        .values("category__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "category__name")[:CONCERNS]
    )
    lines += [
        _("Complaints about %(what)s: %(n)s")
        % {"what": row["category__name"] or _("no class"), "n": row["n"]}
        for row in classes
    ]
    return lines or [_("None came up in this period.")]


def _items(user: User, period: Period) -> Any:
    return ImprovementItem.objects.filter(
        Q(project__isnull=True) | Q(project__in=Project.objects.visible_to(user)),
        Q(done_on__isnull=True) | Q(done_on__gte=period.starts_on),
        created_at__date__lte=period.ends_on,
    ).select_related("project", "owner")


def _measures(items: list[ImprovementItem]) -> list[str]:
    done = sum(one.done_on is not None for one in items)
    if not items:
        return [_("No improvement plan covers this period.")]
    lines = [_("%(done)s of %(all)s items done.") % {"done": done, "all": len(items)}]
    for one in items:
        what = one.measure or _("measure still open")
        state = one.result if one.done_on else str(one.due_on or "--")
        place = one.project.name if one.project else "—"
        lines.append(f"{place} · {one.topic} ({one.figure}): {what} · {state}")
    return lines


def _limits(user: User, start: datetime, end: datetime, figures: selectors.Figures) -> list[str]:
    asked = _asked(user, start, end)
    rate = response_rate(asked["n"], asked["answered"])
    lines = [_("Who answers may differ from who does not; figures speak for the answerers.")]
    if bias_note(rate):
        lines.append(_("Fewer than 30 % answered: read the figures with care."))
    if 0 < figures.answers < FEW:
        lines.append(_("Fewer than %(few)s answers: read the figures with care.") % {"few": FEW})
    return lines


def _few(n: int) -> str:
    return f" (n < {FEW})" if n < FEW else ""


def _percent(value: float | None) -> str:
    return "--" if value is None else f"{value:.1f} %"


def _next_number(period: Period, now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    year = timezone.localdate(now).year
    count = SatisfactionReport.objects.filter(number__startswith=f"CS{year}-").count()
    return f"CS{year}-{count + 1:03d}"
