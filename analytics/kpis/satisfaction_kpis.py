"""The KPIs of satisfaction: scores, timeliness, promises kept (ANA-13 to ANA-17, BEY-10)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.acquisition_kpis import project_names
from analytics.kpis.kinds import Goal, Group, Period, ScopeKind
from analytics.kpis.registry import register_kpi
from analytics.kpis.sources import Column, Cut, Shape, Source, from_source
from analytics.kpis.weighting import improvement_kpi, weighted_kpi
from crm_site.staff.models import User
from customers import choices as customer_choices
from customers.models import LeadClock
from customers.rules.axes import ClockKind
from service.clocks.models import TicketClock
from service.clocks.rules.rates import Period as Judged
from service.clocks.rules.rates import Verdict
from service.surveys import choices as survey_choices
from service.surveys.models import SurveyInvitation, SurveyResponse
from service.surveys.querysets import VIEW as VIEW_SURVEYS
from service.surveys.querysets import in_scope
from service.surveys.rules.figures import OUT_OF_TEN
from service.tickets.querysets import VIEW as VIEW_TICKETS
from service.tickets.rules import TicketKind

D = Decimal
KEPT = Verdict.KEPT.value
SURVEY_PATHS: Mapping[ScopeKind, str] = {
    ScopeKind.REGION: "region",
    ScopeKind.PROJECT: "project",
    ScopeKind.TEAM: "adviser__node",
    ScopeKind.CONSULTANT: "adviser",
}
TICKET_PATHS: Mapping[ScopeKind, str] = {
    ScopeKind.REGION: "ticket__project__node__region",
    ScopeKind.PROJECT: "ticket__project",
    ScopeKind.TEAM: "ticket__handler__node",
    ScopeKind.CONSULTANT: "ticket__handler",
}
LEAD_CLOCK_PATHS: Mapping[ScopeKind, str] = {
    ScopeKind.REGION: "lead__customer__region",
    ScopeKind.PROJECT: "lead__customer__project",
    ScopeKind.TEAM: "lead__customer__team",
    ScopeKind.CONSULTANT: "lead__customer__owner",
}


def user_names() -> dict[Any, Any]:
    """Return the names of the staff by key."""
    return dict(User.objects.values_list("pk", "name"))


def yes_or_no() -> dict[Any, Any]:
    """Return the words of a column that is true or false."""
    return {True: _("Yes"), False: _("No")}


# surveys ---------------------------------------------------------------------------------------
def answers_in(period: Period, now: dt.datetime) -> Any:
    """Return the rated answers of customers given in a period."""
    rows = SurveyResponse.objects.of_customers().filter(rating__isnull=False)
    return rows.between(period.begins_at, min(period.ends_at, now))


def invitations_in(period: Period, now: dt.datetime) -> Any:
    """Return the customers asked in a period."""
    return SurveyInvitation.objects.filter(
        customer__isnull=False,
        invited_at__gte=period.begins_at,
        invited_at__lt=min(period.ends_at, now),
    )


def answers_url(row: Any) -> str:
    """Return the page of the answers of a survey."""
    return reverse("service:survey-answers", args=[row.survey_id])


CSAT = Source(
    base=answers_in,
    columns=(
        Column(_("Survey"), lambda row: row.survey.title),
        Column(_("Project"), lambda row: row.project.name if row.project else ""),
        Column(_("Adviser"), lambda row: row.adviser.name if row.adviser else ""),
        Column(_("When"), lambda row: row.at),
        Column(_("Out of ten"), lambda row: row.rating),
    ),
    url=answers_url,
    shape=Shape.MEAN,
    amount=lambda period, now: F("rating"),
    scale=OUT_OF_TEN,
    paths=SURVEY_PATHS,
    related=("survey", "project", "adviser"),
    cuts=(
        Cut("stage", _("Stage"), "stage", lambda: dict(survey_choices.STAGES)),
        Cut("project", _("Project"), "project", project_names),
        Cut("grade", _("Grade"), "customer__grading__grade"),
        Cut("adviser", _("Adviser"), "adviser", user_names),
    ),
)
RESPONSES = Source(
    base=invitations_in,
    columns=(
        Column(_("Survey"), lambda row: row.survey.title),
        Column(_("Project"), lambda row: row.project.name if row.project else ""),
        Column(pgettext_lazy("survey", "Asked"), lambda row: row.invited_at),
        Column(pgettext_lazy("survey", "Answered"), lambda row: row.used_at),
    ),
    url=answers_url,
    shape=Shape.SHARE,
    hit=lambda period, now: Q(used_at__lt=now),
    paths=SURVEY_PATHS,
    related=("survey", "project"),
    seen=lambda rows, user: rows.filter(in_scope(user, is_shared=False)),
    cuts=(
        Cut("grade", _("Grade"), "customer__grading__grade"),
        Cut("project", _("Project"), "project", project_names),
    ),
)


# tickets ---------------------------------------------------------------------------------------
def judged(period: Period, now: dt.datetime) -> Any:
    """Return the limits of tickets that count in a period, as the service desk judges them."""
    span = Judged(period.begins_at, period.ends_at, now)
    return TicketClock.objects.judged(span)


def of_tickets(clock: str, **which: Any) -> Source:
    """Return the share of a promise on tickets that was kept (SVC-29)."""
    return Source(
        base=lambda period, now: judged(period, now).filter(kind=clock, **which),
        columns=(
            Column(_("Ticket"), lambda row: row.ticket.number),
            Column(_("Subject"), lambda row: row.ticket.subject),
            Column(_("Project"), lambda row: row.ticket.project.name if row.ticket.project else ""),
            Column(_("Due"), lambda row: row.due_at),
            Column(pgettext_lazy("ticket clock", "Met"), lambda row: row.met_at),
        ),
        url=lambda row: reverse("service:ticket-detail", args=[row.ticket_id]),
        shape=Shape.SHARE,
        hit=lambda period, now: Q(verdict=KEPT),
        paths=TICKET_PATHS,
        related=("ticket__project", "ticket__handler"),
        cuts=(
            Cut("project", _("Project"), "ticket__project", project_names),
            Cut("handler", pgettext_lazy("ticket", "Handler"), "ticket__handler", user_names),
            Cut("grade", _("Grade"), "ticket__customer__grading__grade"),
            Cut("demanding", _("Demanding opinion"), "ticket__is_demanding", yes_or_no),
        ),
    )


TIMELINESS = of_tickets("closure", ticket__kind=TicketKind.COMPLAINT.value)


# enquiries -------------------------------------------------------------------------------------
def lead_clocks(period: Period, now: dt.datetime) -> Any:
    """Return the promises on enquiries that fell due in a period, or were met in it early.

    A limit counts in the period in which it was met; one not met counts once it has run out.
    """
    seen = min(period.ends_at, now)
    met = Q(met_at__gte=period.begins_at, met_at__lt=seen)
    unmet = Q(met_at__isnull=True) | Q(met_at__gte=seen)
    rows = LeadClock.objects.exclude(state="cancelled")
    return rows.filter(met | (unmet & Q(due_at__lt=seen) & ~Q(state="paused")))


def of_leads(clock: str) -> Source:
    """Return the share of a promise on enquiries that was kept (ANA-17)."""
    return Source(
        base=lambda period, now: lead_clocks(period, now).filter(
            kind=clock, lead__customer__merged_into__isnull=True
        ),
        columns=(
            Column(_("Customer"), lambda row: row.lead.customer.name),
            Column(_("Responsible"), lambda row: row.lead.owner.name if row.lead.owner else ""),
            Column(pgettext_lazy("lead", "Received"), lambda row: row.started_at),
            Column(_("Due"), lambda row: row.due_at),
            Column(pgettext_lazy("ticket clock", "Met"), lambda row: row.met_at),
        ),
        url=lambda row: reverse("customers:lead-detail", args=[row.lead_id]),
        shape=Shape.SHARE,
        hit=lambda period, now: Q(met_at__lte=F("due_at"), met_at__lt=min(period.ends_at, now)),
        paths=LEAD_CLOCK_PATHS,
        related=("lead__customer", "lead__owner"),
        cuts=(
            Cut("person", _("Responsible"), "lead__owner", user_names),
            Cut(
                "class",
                _("Class"),
                "lead__customer__customer_class",
                lambda: dict(customer_choices.CUSTOMER_CLASSES),
            ),
            Cut("grade", _("Grade"), "lead__customer__grading__grade"),
        ),
    )


KEPT_PROMISES = (
    (ClockKind.FIRST_TOUCH.value, _("First contact within 24 h"), _("First answer within 24 h")),
    (ClockKind.FOLLOW_UP.value, _("Followed up within 3 days"), _("Follow-up within 3 days")),
    (ClockKind.CLOSURE.value, _("Closed within 7 days"), _("Tickets closed within the limit")),
)
FORMULA_OF_LIMITS = _("Met within the limit ÷ (all met in the period + overdue and still open).")


def register() -> None:
    """Make the KPIs of satisfaction known."""
    _register_surveys()
    words: dict[str, Any] = {
        "group": Group.SATISFACTION,
        "unit": "percent",
        "good": "up",
        "formula": FORMULA_OF_LIMITS,
    }
    register_kpi(
        from_source(
            TIMELINESS,
            key="complaint_timeliness",
            label=_("Complaint timeliness"),
            exclusions=_("Merged and cancelled tickets; limits that stand still."),
            owner_role="service_manager",
            target_key="complaint_timeliness",
            goal=Goal("ge", D(95), D(2)),
            spec="ANA-14",
            right=VIEW_TICKETS,
            **words,
        )
    )
    for clock, of_enquiry, of_ticket in KEPT_PROMISES:
        register_kpi(
            from_source(
                of_leads(clock),
                key=f"sla_{clock}",
                label=of_enquiry,
                exclusions=_("Enquiries without a limit; limits that stand still."),
                owner_role="executive",
                target_key=f"sla_{clock}",
                spec="ANA-17",
                **words,
            )
        )
        register_kpi(
            from_source(
                of_tickets(clock),
                key=f"sla_ticket_{clock}",
                label=of_ticket,
                exclusions=_("Merged and cancelled tickets; limits that stand still."),
                owner_role="service_manager",
                target_key=f"sla_ticket_{clock}",
                spec="ANA-17",
                right=VIEW_TICKETS,
                **words,
            )
        )


def _register_surveys() -> None:
    words: dict[str, Any] = {
        "group": Group.SATISFACTION,
        "owner_role": "service_manager",
        "right": VIEW_SURVEYS,
    }
    register_kpi(
        from_source(
            CSAT,
            key="csat",
            label=_("Satisfaction score"),
            unit="points",
            good="up",
            formula=_("Mean of the answers on satisfaction, on a scale of 1 to 10."),
            exclusions=_("Answers without a rating; answers of the staff."),
            target_key="csat",
            goal=Goal("ge", D("8.5"), D("0.5")),
            spec="ANA-13",
            **words,
        )
    )
    register_kpi(weighted_kpi(CSAT, RESPONSES, **words))
    register_kpi(improvement_kpi(CSAT, **words))
    register_kpi(
        from_source(
            RESPONSES,
            key="survey_response_rate",
            label=_("Response rate of surveys"),
            unit="percent",
            good="up",
            formula=_("Answered ÷ asked, of those asked in the period."),
            exclusions=_("Staff."),
            target_key="survey_response_rate",
            goal=Goal("ge", D(30)),
            spec="BEY-10",
            **words,
        )
    )
