"""Appraisals: opened with frozen figures, judged with evidence, published, appealed (ANA-35)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.improvement.errors import ImprovementError
from analytics.improvement.messages import APPEALED, DECIDED, PUBLISHED
from analytics.improvement.people_models import Appeal, Appraisal, AppraisalLine
from analytics.improvement.policies import appraisal_rules
from analytics.improvement.querysets import APPRAISE, people_under
from analytics.improvement.rules.appraisal import KPIS, Part, Scores, scores
from analytics.kpis.kinds import COMPANY, Place, ScopeKind
from analytics.kpis.places import OWN_ONLY
from analytics.reviews.figures import asking_of, known, read_line
from analytics.reviews.rules.periods import Span
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope

MARKS = (Decimal(0), Decimal(100))


@dataclass(frozen=True, slots=True)
class Mark:
    """The judgement of one dimension and what it rests on."""

    mark: Decimal
    evidence: str


def place_for(person: User) -> Place:
    """Return the place whose figures measure a person: their own, or those of what they lead."""
    scope, node = person.role_definition.scope, person.node
    if scope is Scope.OWN or person.role in OWN_ONLY or node is None:
        return Place(ScopeKind.CONSULTANT, person.pk)
    if scope is Scope.TEAM:
        return Place(ScopeKind.TEAM, node.pk)
    if scope is Scope.PROJECT and node.project_id:
        return Place(ScopeKind.PROJECT, node.project_id)
    return Place(ScopeKind.REGION, node.region_id) if node.region_id else COMPANY


@transaction.atomic
def open_appraisal(
    *, person: User, span: Span, actor: User, now: datetime
) -> tuple[Appraisal, bool]:
    """Freeze the figures of a person for a span that is over, and return the appraisal.

    False where it was opened before. Raise NotAllowedError for somebody the actor does not lead,
    ImprovementError for a span that is not over.
    """
    if not actor.has_perm(APPRAISE) or not people_under(actor).filter(pk=person.pk).exists():
        raise NotAllowedError(_("You appraise the people you lead."))
    if span.ends_on >= timezone.localdate(now):
        raise ImprovementError(_("The period is not over yet: its figures cannot be frozen."))
    rules, version = appraisal_rules(now)
    row, is_new = Appraisal.objects.get_or_create(
        person=person,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        defaults={
            "post": person.role,
            "quantity": rules.quantity,
            "policy_version": version,
            "frozen_at": now,
            "by": actor,
        },
    )
    if is_new:
        asking = asking_of(span, place_for(person), now)
        weights = rules.weights(person.role)
        AppraisalLine.objects.bulk_create(
            [_line(row, key, getattr(weights, key), kpi, asking) for key, kpi in KPIS.items()]
        )
        _score(row)
        _note("improvement.appraisal_opened", row, actor, now)
    return row, is_new


def parts_of(appraisal: Appraisal) -> list[Part]:
    """Return the frozen dimensions of an appraisal as its score reads them."""
    return [
        Part(weight=one.weight, value=one.value, goal=one.goal, good=one.good, mark=one.mark)
        for one in appraisal.lines.order_by("pk")
    ]


def recomputed(appraisal: Appraisal) -> Scores:
    """Return the scores again from the frozen figures and marks alone."""
    return scores(parts_of(appraisal), appraisal.quantity)


@transaction.atomic
def judge(
    *, appraisal: Appraisal, marks: Mapping[str, Mark], actor: User, now: datetime
) -> Appraisal:
    """Keep the marks of a draft with their evidence, and return it with its scores.

    Raise ValidationError for a mark outside 0 to 100 or without evidence.
    """
    row = _locked(appraisal, actor, "draft")
    _write_marks(row, marks)
    _score(row)
    _note("improvement.appraisal_judged", row, actor, now)
    return row


@transaction.atomic
def publish(*, appraisal: Appraisal, actor: User, now: datetime) -> Appraisal:
    """Show an appraisal to the person; raise ImprovementError while a mark is missing."""
    row = _locked(appraisal, actor, "draft")
    if row.total is None:
        raise ImprovementError(_("Give each dimension a mark with its evidence first."))
    row.state, row.published_at = "published", now
    row.save(update_fields=["state", "published_at", "updated_at"])
    _note("improvement.appraisal_published", row, actor, now)
    _tell(PUBLISHED, [row.person], row, now)
    return row


@transaction.atomic
def appeal(*, appraisal: Appraisal, text: str, actor: User, now: datetime) -> Appeal:
    """Object to one's own appraisal, once and in time, and return the appeal."""
    row: Appraisal = Appraisal.objects.select_for_update(of=("self",)).get(pk=appraisal.pk)
    if actor.pk != row.person_id:
        raise NotAllowedError(_("Everybody appeals against their own appraisal."))
    rules, _version = appraisal_rules(now)
    if row.state != "published" or row.published_at is None or row.total is None:
        raise ImprovementError(_("An appeal is possible once, after the publication."))
    if now > row.published_at + timedelta(days=rules.appeal_days):
        raise ImprovementError(_("The time for an appeal is over."))
    if not text.strip():
        raise ValidationError({"text": _("Say what speaks against it.")})
    found = Appeal.objects.create(appraisal=row, text=text.strip(), original=row.total, at=now)
    row.state = "appealed"
    row.save(update_fields=["state", "updated_at"])
    _note("improvement.appealed", row, actor, now)
    _tell(APPEALED, _judges(row), row, now)
    return found


@transaction.atomic
def decide(
    *, appraisal: Appraisal, marks: Mapping[str, Mark], answer: str, actor: User, now: datetime
) -> Appeal:
    """Decide an appeal with marks that may differ; the first score stays beside the new one.

    Who appraised does not decide. Raise NotAllowedError for them, ValidationError without answer.
    """
    row = _locked(appraisal, actor, "appealed")
    if actor.pk == row.by_id:
        raise NotAllowedError(_("Somebody else than who appraised decides the appeal."))
    if not answer.strip():
        raise ValidationError({"answer": _("Answer the person: what you found and why.")})
    _write_marks(row, marks)
    _score(row)
    found: Appeal = row.appeal
    found.decided, found.answer, found.decided_at = row.total, answer.strip(), now
    found.decided_by = actor
    found.save()
    row.state = "final"
    row.save(update_fields=["state", "updated_at"])
    _note("improvement.appeal_decided", row, actor, now)
    _tell(DECIDED, [row.person], row, now)
    return found


def _judges(row: Appraisal) -> list[User]:
    """Return who may decide an appeal: who leads the person and did not appraise."""
    rows = User.objects.filter(is_active=True, node__isnull=False).exclude(
        pk__in=[row.by_id, row.person_id]
    )
    region = row.person.node.region_id if row.person.node else None
    near = rows.filter(node__region=region) if region else rows
    return [one for one in near.select_related("node") if _leads(one, row.person)]


def _leads(one: User, person: User) -> bool:
    return one.has_perm(APPRAISE) and bool(people_under(one).filter(pk=person.pk).exists())


def _line(row: Appraisal, key: str, weight: int, kpi_key: str, asking: Any) -> AppraisalLine:
    kpi = known(kpi_key)
    line = read_line(kpi, asking) if kpi else None
    return AppraisalLine(
        appraisal=row,
        dimension=key,
        weight=weight,
        kpi=kpi_key,
        unit=kpi.unit if kpi else "",
        good=kpi.good if kpi else "up",
        value=line.reading.value if line else None,
        goal=line.goal if line else None,
    )


def _write_marks(row: Appraisal, marks: Mapping[str, Mark]) -> None:
    lines = list(row.lines.all())
    errors = {}
    for line in lines:
        given = marks.get(line.dimension)
        if given is None:
            continue
        if not MARKS[0] <= given.mark <= MARKS[1]:
            errors[f"{line.dimension}_mark"] = _("A mark lies between 0 and 100.")
        if not given.evidence.strip():
            errors[f"{line.dimension}_evidence"] = _("Say what the mark rests on.")
        line.mark, line.evidence = given.mark, given.evidence.strip()
    if errors:
        raise ValidationError(errors)
    AppraisalLine.objects.bulk_update(lines, ["mark", "evidence"])


def _score(row: Appraisal) -> None:
    found = recomputed(row)
    row.quantitative, row.qualitative, row.total = (
        found.quantitative,
        found.qualitative,
        found.total,
    )
    row.save(update_fields=["quantitative", "qualitative", "total", "updated_at"])


def _locked(appraisal: Appraisal, actor: User, state: str) -> Appraisal:
    row: Appraisal = (
        Appraisal.objects.select_for_update(of=("self",))
        .select_related("person__node")
        .get(pk=appraisal.pk)
    )
    if not actor.has_perm(APPRAISE) or not people_under(actor).filter(pk=row.person_id).exists():
        raise NotAllowedError(_("You appraise the people you lead."))
    if row.state != state:
        raise ImprovementError(_("The appraisal is past this step."))
    return row


def _tell(kind: str, people: list[User], row: Appraisal, now: datetime) -> None:
    params = {"period": f"{row.starts_on} – {row.ends_on}"}
    notes = [
        Outgoing(kind, one, f"{kind}:{row.pk}:{one.pk}", params, ("appraisal", row.pk))
        for one in people
    ]
    send_many(notes, now=now)


def _note(kind: str, row: Appraisal, actor: User, now: datetime) -> None:
    facts = {"person": row.person_id, "from": row.starts_on.isoformat()}
    record(kind=kind, actor=actor, subject=("appraisal", row.pk), facts=facts, now=now)
