"""Programmes: planned, led through their gates, evaluated; workshops and their findings."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from analytics.improvement.choices import GATES
from analytics.improvement.errors import ImprovementError
from analytics.improvement.programme_models import (
    Finding,
    PdcaItem,
    PhaseGate,
    Programme,
    ProgrammeEvaluation,
    Workshop,
)
from analytics.improvement.querysets import KEEP
from analytics.improvement.rules.programme import (
    DIMENSIONS,
    NEXT,
    Phase,
    Standing,
    gate,
    three_scores,
)
from analytics.reviews.display import shown
from analytics.reviews.figures import asking_of, label_of, lines_of, place_at
from analytics.reviews.querysets import place_of
from analytics.reviews.rules.attained import attainment
from analytics.reviews.rules.periods import Span
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User

PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDraft:
    """What somebody wants written of a programme."""

    title: str
    aim: str
    owner: User
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopDraft:
    """A workshop: when, where, with whom."""

    title: str
    held_on: date
    place: str
    experts: str
    advisers: str = ""


def require_keeper(actor: User) -> None:
    """Raise NotAllowedError where the person does not keep programmes."""
    if not actor.has_perm(KEEP):
        raise NotAllowedError(_("Your role does not keep programmes."))


@transaction.atomic
def write_programme(
    *, programme: Programme | None, draft: ProgrammeDraft, actor: User, now: datetime
) -> Programme:
    """Write a new programme of one's region, or change one that runs, and return it.

    Raise ValidationError where it ends before it starts, ImprovementError once it is closed.
    """
    require_keeper(actor)
    if draft.ends_on < draft.starts_on:
        raise ValidationError({"ends_on": _("The end lies before the beginning.")})
    row = locked(programme) if programme else Programme(region_id=place_of(actor), created_by=actor)
    row.title, row.aim, row.owner = draft.title.strip(), draft.aim.strip(), draft.owner
    row.starts_on, row.ends_on = draft.starts_on, draft.ends_on
    row.save()
    _note("improvement.programme_written", row, actor, now)
    return row


def standing_of(programme: Programme) -> Standing:
    """Return what the gates look at."""
    items = PdcaItem.objects.filter(programme=programme).exclude(stage="dropped")
    rows = list(items.values_list("stage", "track", "measured", "following"))
    # an item that another cycle follows is judged by that cycle
    last = [row for row in rows if row[3] is None]
    findings = Finding.objects.filter(workshop__programme=programme)
    return Standing(
        workshops=programme.workshops.count(),
        findings=findings.count(),
        findings_open=findings.filter(item__isnull=True).count(),
        items=len(rows),
        tracks=frozenset(track for _stage, track, _measured, _next in rows),
        planning=sum(stage == "plan" for stage, *_rest in last),
        unchecked=sum(measured is None for _stage, _track, measured, _next in last),
        unfinished=sum(stage != "closed" for stage, *_rest in last),
        evaluations=programme.evaluations.count(),
    )


def gate_words(programme: Programme) -> list[str]:
    """Return what keeps a programme in its phase, in words."""
    return [str(GATES[key]) for key in gate(programme.phase, standing_of(programme))]


@transaction.atomic
def pass_gate(*, programme: Programme, note: str, actor: User, now: datetime) -> Programme:
    """Lead a programme into its next phase, and return it.

    Raise ImprovementError naming all that the gate asks for, ValidationError without a decision.
    """
    require_keeper(actor)
    row = locked(programme)
    if not note.strip():
        raise ValidationError({"note": _("Write down what was decided at the gate.")})
    lacks = gate_words(row)
    if lacks:
        said = ", ".join(lacks)
        raise ImprovementError(
            _("The gate stays shut. It still asks for: %(lacks)s.") % {"lacks": said}
        )
    try:
        with transaction.atomic():
            PhaseGate.objects.create(
                programme=row, phase=row.phase, note=note.strip(), at=now, by=actor
            )
    except IntegrityError as error:
        raise ImprovementError(_("This gate was passed already.")) from error
    row.phase = NEXT[Phase(row.phase)].value
    row.save(update_fields=["phase", "updated_at"])
    _note("improvement.gate_passed", row, actor, now)
    return row


@transaction.atomic
def evaluate(
    *, programme: Programme, span: Span, note: str, actor: User, now: datetime
) -> ProgrammeEvaluation:
    """Freeze the score of a programme in three dimensions over a span, and return it (ANA-67).

    Each dimension is the mean attainment of its KPIs; the process counts the items that ended in
    time as well. Raise ImprovementError before the evaluation phase.
    """
    require_keeper(actor)
    row = locked(programme)
    if row.phase != Phase.EVALUATION:
        raise ImprovementError(_("Evaluate in the phase of evaluation, after the implementation."))
    if not note.strip():
        raise ValidationError({"note": _("Write down how you judge it.")})
    asking = asking_of(span, place_at(row.region_id), now)
    shares: dict[str, list[Decimal]] = {}
    facts: dict[str, list[list[str]]] = {}
    for dimension, keys in DIMENSIONS.items():
        lines = lines_of(keys, asking)
        pairs = [(one, attainment(one.reading.value, one.goal, one.kpi.good)) for one in lines]
        shares[dimension] = [share for _one, share in pairs if share is not None]
        facts[dimension] = [
            [
                one.kpi.key,
                shown(one.reading.value, one.kpi.unit),
                "" if share is None else str(share),
            ]
            for one, share in pairs
        ]
    in_time = completion(row)
    if in_time is not None:
        shares["process"].append(in_time)
        facts["process"].append(["items_in_time", f"{in_time} %", str(in_time)])
    scores, total = three_scores(shares)
    found = ProgrammeEvaluation.objects.create(
        programme=row,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        total=total,
        facts=facts,
        note=note.strip(),
        at=now,
        by=actor,
        **scores,
    )
    _note("improvement.evaluated", row, actor, now)
    return found


def completion(programme: Programme) -> Decimal | None:
    """Return the share of ended items that ended in time, in percent; None while none ended."""
    rows = PdcaItem.objects.filter(programme=programme, stage="closed")
    pairs = list(rows.values_list("ended_on", "due_on"))
    if not pairs:
        return None
    in_time = sum(1 for ended, due in pairs if ended and ended <= due)
    return (PERCENT * in_time / Decimal(len(pairs))).quantize(Decimal("0.01"))


def fact_label(key: str) -> str:
    """Return the name of a figure that an evaluation rests on."""
    return _("Items ended in time") if key == "items_in_time" else label_of(key)


@transaction.atomic
def hold_workshop(
    *, programme: Programme, draft: WorkshopDraft, actor: User, now: datetime
) -> Workshop:
    """Note a workshop of a programme in diagnosis, and return it."""
    require_keeper(actor)
    row = locked(programme)
    if row.phase != Phase.DIAGNOSIS:
        raise ImprovementError(_("Workshops belong to the diagnosis."))
    found = Workshop.objects.create(
        programme=row,
        title=draft.title.strip(),
        held_on=draft.held_on,
        place=draft.place.strip(),
        experts=draft.experts.strip(),
        advisers=draft.advisers.strip(),
        created_by=actor,
    )
    _note("improvement.workshop_held", row, actor, now)
    return found


@transaction.atomic
def add_finding(
    *, workshop: Workshop, text: str, owner: User, actor: User, now: datetime
) -> Finding:
    """Write what a workshop found and whose it is, and return it."""
    require_keeper(actor)
    locked(workshop.programme)
    if not text.strip():
        raise ValidationError({"text": _("Write down what was found.")})
    return Finding.objects.create(workshop=workshop, text=text.strip(), owner=owner, at=now)


def locked(programme: Programme) -> Programme:
    """Lock and return a programme; raise ImprovementError once it is closed."""
    row = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if row.phase == Phase.CLOSED:
        raise ImprovementError(_("The programme is closed and stays as it is."))
    return row


def _note(kind: str, row: Programme, actor: User, now: datetime) -> None:
    facts = {"phase": row.phase}
    record(kind=kind, actor=actor, subject=("programme", row.pk), facts=facts, now=now)
