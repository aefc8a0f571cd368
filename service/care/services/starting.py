"""The programme at work: steps as they are first written, runs that contract dates start.

Each playbook of a trigger runs once for each purchase: the unique occurrence of a run holds, so the
hook of a step and the job may both start it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_site.calendars.builtin import SALES_OFFICE
from crm_site.calendars.services import calendar_for
from crm_site.staff.models import User
from customers.models import Playbook, PlaybookRun, Purchase, Task
from customers.purchase.rules import PurchaseState, Step
from customers.rules.axes import TaskState
from customers.rules.playbooks import read_steps, steps_json
from customers.services.playbook_templates import ensure_some
from customers.services.playbooks import plan_of, tasks_of
from customers.services.tasks import PLAYBOOK, cancel_task
from service.care.carriers import CARRIERS
from service.care.models import CareAction, CareItem, CareStep
from service.care.programme import ACTIONS, STEPS, Timed
from service.care.rules import HANDED_OVER, SIGNED

BEGINS: Final = {Step.SIGN: SIGNED, Step.HAND_OVER: HANDED_OVER}
ANCHORS: Final = {SIGNED: "signed_at", HANDED_OVER: "handed_over_at"}
OWNED: Final = (PurchaseState.SIGNED.value, PurchaseState.HANDED_OVER.value)
ENDING: Final = frozenset({Step.CANCEL, Step.UNSIGN, Step.CHANGE_UNIT})
GRACE: Final = timedelta(days=1)  # a step this much past its time is still made
BATCH: Final = 500


@transaction.atomic
def ensure_programme() -> int:
    """Write the steps, actions and playbooks of the programme that are missing; return how many.

    In the company's language; what exists stays as people changed it.
    """
    known = set(CareAction.objects.values_list("key", flat=True))
    missing = [each for each in ACTIONS if each.key not in known]
    if not missing:
        return 0
    ensure_some()
    with override(settings.LANGUAGE_CODE):
        for number, name, purpose in STEPS:
            words = {"name": str(name), "purpose": str(purpose)}
            CareStep.objects.get_or_create(number=number, defaults=words)
        for each in missing:
            _write_action(each)
    return len(missing)


def _write_action(each: Any) -> None:
    step = CareStep.objects.get(number=each.step)
    values: dict[str, Any] = {"step": step, "name": str(each.name)}
    if isinstance(each, Timed):
        values["playbook"], _is_new = Playbook.objects.get_or_create(
            key=each.key,
            defaults={
                "name": str(each.name),
                "trigger": each.trigger,
                "steps": steps_json([each.playbook_step()]),
            },
        )
        values["form"] = each.form
    else:
        values["carrier"] = each.key
    CareAction.objects.get_or_create(key=each.key, defaults=values)


def follow(purchase: Purchase, step: Step, actor: User | None, now: datetime) -> None:
    """Start what a signature or a handover calls for; drop it where the purchase ends.

    Runs in the transaction of the step.
    """
    if step in ENDING:
        drop(purchase, actor=actor, now=now)
    elif step in BEGINS:
        ensure_programme()
        trigger = BEGINS[step]
        for playbook in Playbook.objects.filter(trigger=trigger, is_active=True):
            start_runs(playbook, [purchase], now=now)


def start_all(*, now: datetime) -> int:
    """Start every playbook of contract dates where it has not run yet; return how many runs began.

    That brings imported contracts and a further step of the programme to the owners of today; a
    step whose time has passed is left out.
    """
    ensure_programme()
    begun = 0
    for playbook in Playbook.objects.filter(trigger__in=ANCHORS, is_active=True).order_by("pk"):
        rows = _waiting(playbook, now)
        while chunk := list(rows[:BATCH]):
            begun += start_runs(playbook, chunk, now=now)
            rows = rows.filter(pk__gt=chunk[-1].pk)
    return begun


def start_runs(playbook: Playbook, purchases: Sequence[Purchase], *, now: datetime) -> int:
    """Start a playbook for purchases from their contract dates on; return how many runs are new."""
    calendar, drafts = calendar_for(SALES_OFFICE), []
    for purchase in purchases:
        draft = _draft(playbook, purchase, now)
        ahead = {each.step.key for each in plan_of(draft, calendar) if each.due_at >= now - GRACE}
        draft.steps = [step for step in draft.steps if step["key"] in ahead]
        if draft.steps:
            drafts.append(draft)
    occurrences = [draft.occurrence for draft in drafts]
    with transaction.atomic():
        known = PlaybookRun.objects.filter(playbook=playbook, occurrence__in=occurrences)
        before = set(known.values_list("pk", flat=True))
        PlaybookRun.objects.bulk_create(drafts, ignore_conflicts=True)
        new = [run for run in known.all() if run.pk not in before]
        of = {f"purchase:{one.pk}": one for one in purchases}
        note_items(
            playbook, [(run, of[run.occurrence].project_id, of[run.occurrence].pk) for run in new]
        )
    return len(new)


def note_items(playbook: Playbook, runs: Iterable[tuple[PlaybookRun, int, int | None]]) -> None:
    """Write what the runs will do into the programme, where their playbook belongs to a step.

    ``runs`` are with their project and purchase.
    """
    action = CareAction.objects.filter(playbook=playbook).first()
    if action is None:
        return
    calendar = calendar_for(SALES_OFFICE)
    CareItem.objects.bulk_create(
        [
            CareItem(
                action=action,
                source=PLAYBOOK,
                source_id=f"{run.pk}:{each.step.key}",
                project_id=project,
                purchase_id=purchase,
                customer_id=run.customer_id,
                title=each.step.title,
                due_at=each.due_at,
            )
            for run, project, purchase in runs
            for each in plan_of(run, calendar)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def drop(purchase: Purchase, *, actor: User | None, now: datetime) -> int:
    """End the runs of a purchase that is over, with their open tasks; return how many."""
    runs = PlaybookRun.objects.filter(
        occurrence=f"purchase:{purchase.pk}", playbook__trigger__in=ANCHORS, ended_at=None
    )
    keys = list(runs.values_list("pk", flat=True))
    reason = _("The purchase ended")
    for task in tasks_of(keys).filter(state=TaskState.OPEN.value):
        cancel_task(task=task, reason=reason, actor=actor, now=now)
    ended = runs.filter(pk__in=keys).update(ended_at=now, next_step_at=None, stop_reason=reason)
    CareItem.objects.filter(purchase=purchase, dropped_at=None).update(dropped_at=now)
    return ended


def mirror_tasks() -> int:
    """Write tasks that other parts made for their actions into the programme; return how many."""
    made = 0
    for action in CareAction.objects.filter(carrier__in=CARRIERS):
        carrier = CARRIERS[action.carrier]
        if carrier.places is None:
            continue
        known = CareItem.objects.filter(source=OuterRef("source"), source_id=OuterRef("source_id"))
        tasks = list(carrier.tasks().filter(~Exists(known)).order_by("pk")[:BATCH])
        places = carrier.places(task.subject_id for task in tasks)
        rows = [
            _mirrored(action, task, *places[task.subject_id])
            for task in tasks
            if task.subject_id in places
        ]
        CareItem.objects.bulk_create(rows, ignore_conflicts=True)
        made += len(rows)
    return made


def drop_stopped(*, now: datetime) -> int:
    """Drop what runs that somebody stopped would have done; return how many."""
    stopped = PlaybookRun.objects.exclude(stop_reason="").filter(
        ended_at__gte=now - timedelta(days=7)
    )
    keys = [f"{run.pk}:{step['key']}" for run in stopped.only("steps") for step in run.steps]
    rows = CareItem.objects.filter(source=PLAYBOOK, source_id__in=keys, dropped_at=None)
    return rows.update(dropped_at=now)


def _draft(playbook: Playbook, purchase: Purchase, now: datetime) -> PlaybookRun:
    return PlaybookRun(
        playbook=playbook,
        version=playbook.version,
        steps=playbook.steps,
        customer_id=purchase.customer_id,
        lead_id=purchase.lead_id,
        occurrence=f"purchase:{purchase.pk}",
        started_at=getattr(purchase, ANCHORS[playbook.trigger]),
        next_step_at=now,
    )


def _waiting(playbook: Playbook, now: datetime) -> Any:
    """Return the owned purchases for which a step of the playbook is still to come."""
    field = ANCHORS[playbook.trigger]
    steps = read_steps(playbook.steps)
    longest = max(timedelta(days=31 * one.offset_months, hours=one.offset_hours) for one in steps)
    since = now - longest - timedelta(days=14)  # working hours take longer than their number
    ran = PlaybookRun.objects.filter(
        playbook=playbook,
        customer=OuterRef("customer"),
        occurrence=Concat(Value("purchase:"), Cast(OuterRef("pk"), CharField())),
    )
    rows = Purchase.objects.filter(
        state__in=OWNED,
        customer__merged_into=None,
        **{f"{field}__gte": since, f"{field}__lte": now},
    )
    return rows.filter(~Exists(ran)).order_by("pk")


def _mirrored(action: CareAction, task: Task, project: int, purchase: int | None) -> CareItem:
    return CareItem(
        action=action,
        source=task.source,
        source_id=task.source_id,
        project_id=project,
        purchase_id=purchase,
        customer_id=task.customer_id,
        title=task.title,
        due_at=task.due_at,
    )
