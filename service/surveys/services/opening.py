"""Making a survey, opening it for its audience, closing it (SVC-45)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.outbox.services import call_off
from crm_site.policies.services import in_force
from crm_site.questionnaires.models import Questionnaire
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from customers.models import Customer, CustomerContact, Project
from customers.rules.consent import Purpose
from customers.services.consents import with_consent, without_withdrawal
from service.surveys.choices import STAGE_OF, Method, SurveyState, Trigger
from service.surveys.errors import SurveyError
from service.surveys.messages import MESSAGE, REMINDER
from service.surveys.models import Survey, SurveyInvitation
from service.surveys.policies import RULES, SurveyRules
from service.surveys.querysets import MANAGE
from service.surveys.rules.reading import public_faults
from service.surveys.rules.sampling import draw
from service.surveys.services.inviting import SUBJECT, Guest, guest_of, invite

SECTIONS_OF_ACSI: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDraft:
    """A survey as somebody writes it; an empty audience means every customer in scope."""

    title: str
    questionnaire: Questionnaire
    trigger: str
    stage: str = ""
    method: str = Method.PLAIN.value
    project: Project | None = None
    audience: dict[str, Any] = field(default_factory=dict)
    sample_size: int | None = None
    seed: int = 1
    link_days: int = 14
    remind_days: int = 3
    contractor: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a survey would ask now, and how many are left out for which reason."""

    keys: list[int]
    matched: int
    left_out: dict[str, int]


@transaction.atomic
def write_survey(
    *, draft: SurveyDraft, actor: User, now: datetime, survey: Survey | None = None
) -> Survey:
    """Keep a draft, new or changed, and return it.

    Raise NotAllowedError without the right or for a project out of scope, SurveyError once it is
    open, ValidationError for a questionnaire that a link cannot ask.
    """
    _may_manage(actor, draft.project)
    _check(draft)
    if survey is not None:
        survey = _locked(survey)
        if not survey.is_draft:
            raise SurveyError(_("The survey is open already. Make a new one instead."))
    row = survey or Survey(created_by=actor, created_at=now)
    for name in draft.__slots__:
        setattr(row, name, getattr(draft, name))
    stage = STAGE_OF.get(Trigger(draft.trigger))
    row.stage = stage.value if stage else draft.stage
    row.region_id = _region_of(draft.project, actor)
    row.save()
    _audit("survey.written", row, actor, now)
    return row


def audience_of(survey: Survey, *, actor: User, now: datetime) -> Audience:
    """Return whom the survey would ask now: a random sample of those who may be asked.

    Left out are customers who withdrew or never gave consent to contact, who have no number or
    mailbox, and who were asked lately; a reason counts each customer once.
    """
    rows = Customer.objects.visible_to(actor)
    if survey.project_id:
        rows = rows.filter(project=survey.project_id)
    elif survey.region_id:
        rows = rows.filter(region=survey.region_id)
    for name, column in (("classes", "customer_class"), ("stages", "buying_stage")):
        if survey.audience.get(name):
            rows = rows.filter(**{f"{column}__in": survey.audience[name]})
    everybody = set(rows.values_list("pk", flat=True))
    agreed = without_withdrawal(with_consent(rows, Purpose.CONTACT, at=now), Purpose.CONTACT)
    left = set(agreed.values_list("pk", flat=True))
    out = {"no_consent": len(everybody - left)}
    reachable = set(rows.filter(phone__isnull=False).values_list("pk", flat=True)) | set(
        CustomerContact.objects.filter(customer__in=rows.values("pk")).values_list(
            "customer", flat=True
        )
    )
    out["no_address"], left = len(left - reachable), left & reachable
    rules: SurveyRules = in_force(RULES, at=now).value
    lately = set(
        SurveyInvitation.objects.filter(
            customer__in=rows.values("pk"), invited_at__gt=now - timedelta(days=rules.rest_days)
        ).values_list("customer", flat=True)
    )
    out["asked_lately"], left = len(left & lately), left - lately
    keys = draw(left, size=survey.sample_size, seed=survey.seed)
    out["not_drawn"] = len(left) - len(keys)
    return Audience(keys, len(everybody), {key: n for key, n in out.items() if n})


@transaction.atomic
def open_survey(*, survey: Survey, actor: User, now: datetime) -> Survey:
    """Open a draft: fix the version, ask its audience; one after an event waits for events.

    Raise NotAllowedError without the right, SurveyError when it is open already or nobody can be
    asked; nothing is written then.
    """
    current = _locked(survey)
    _may_manage(actor, current.project)
    if not current.is_draft:
        raise SurveyError(_("The survey was opened already."))
    version = current.questionnaire.latest()
    current.version, current.state, current.opened_at = version, SurveyState.OPEN.value, now
    current.save()
    if current.trigger == Trigger.AUDIENCE:
        found = audience_of(current, actor=actor, now=now)
        if not found.keys:
            raise SurveyError(_("Nobody can be asked. Widen the audience or get consents first."))
        current.left_out = found.left_out
        current.save(update_fields=["left_out"])
        _ask(current, found.keys, now)
    elif current.of_staff:
        invite(survey=current, guests=_staff(current), now=now)
    _audit("survey.opened", current, actor, now, asked=current.invitations.count())
    return current


@transaction.atomic
def close_survey(*, survey: Survey, actor: User | None, now: datetime) -> Survey:
    """Close an open survey: every link ends, what waits is called off. Raise SurveyError else."""
    current = _locked(survey)
    if actor is not None:
        _may_manage(actor, current.project)
    if not current.is_open:
        raise SurveyError(_("The survey is not open."))
    current.state, current.closed_at = SurveyState.CLOSED.value, now
    current.save()
    current.invitations.filter(used_at__isnull=True).update(
        expires_at=Least("expires_at", Value(now))
    )
    for kind in (MESSAGE, REMINDER):
        call_off(kind=kind, subject=(SUBJECT, current.pk))
    _audit("survey.closed", current, actor, now)
    return current


def _ask(survey: Survey, keys: list[int], now: datetime) -> None:
    customers = Customer.objects.filter(pk__in=keys).order_by("pk")
    invite(
        survey=survey,
        guests=[guest_of(one, source=f"customer:{one.pk}") for one in customers],
        now=now,
    )


def _staff(survey: Survey) -> list[Guest]:
    people = User.objects.filter(is_active=True, node__isnull=False).select_related("node")
    if survey.project_id:
        people = people.filter(node__project=survey.project_id)
    elif survey.region_id:
        people = people.filter(node__region=survey.region_id)
    return [
        Guest(
            source=f"user:{one.pk}",
            person_id=one.pk,
            project_id=one.node.project_id if one.node else None,
            region_id=one.node.region_id if one.node else None,
        )
        for one in people.order_by("pk")
    ]


def _check(draft: SurveyDraft) -> None:
    outline = draft.questionnaire.latest().outline
    if public_faults(outline):
        raise ValidationError(
            {"questionnaire": _("A link cannot ask for photos. Choose another questionnaire.")}
        )
    if draft.method == Method.ACSI and len(outline.sections) != SECTIONS_OF_ACSI:
        words = _("The index needs six sections, from expectation to loyalty.")
        raise ValidationError({"questionnaire": words})


def _may_manage(actor: User, project: Project | None) -> None:
    if not actor.has_perm(MANAGE):
        raise NotAllowedError(_("Your role does not make surveys."))
    if project is not None and not Project.objects.visible_to(actor).filter(pk=project.pk).exists():
        raise NotAllowedError(_("There is no such record among those you can see."))


def _region_of(project: Project | None, actor: User) -> int | None:
    if project is not None:
        return project.node.region_id
    if actor.role_definition.scope is Scope.COMPANY or actor.node is None:
        return None
    return actor.node.region_id


def _locked(survey: Survey) -> Survey:
    rows = Survey.objects.select_for_update(of=("self",)).select_related(
        "questionnaire", "version", "project__node"
    )
    found: Survey = rows.get(pk=survey.pk)
    return found


def _audit(kind: str, survey: Survey, actor: User | None, now: datetime, **facts: object) -> None:
    record(kind=kind, actor=actor, subject=(SUBJECT, survey.pk), facts=facts, now=now)
