"""The pack for buyers who live elsewhere: a flag that starts a playbook (CUS-56)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.models import Customer, Playbook, PlaybookRun
from customers.purchase.services.locking import lock_customers
from customers.rules.axes import TaskKind, TaskState
from customers.rules.playbooks import PlaybookStep, StepRole, read_steps, steps_json
from customers.services.playbooks import start_playbook, stop_run, tasks_of

KEY: Final = "remote-buyer"
TRIGGER: Final = "flag:remote"
DAY: Final = 24


@dataclass(frozen=True, slots=True)
class PackItem:
    """One service of the pack and whether it was done."""

    title: str
    is_done: bool
    state: str  # open, done, cancelled, later
    when: datetime | None


def pack_playbook() -> Playbook:
    """Return, unsaved and in the active language, the pack every installation starts with."""
    talk, other, specialist = TaskKind.FOLLOW_UP, TaskKind.OTHER, StepRole.SPECIALIST
    steps = [
        PlaybookStep("viewing", _("Remote viewing: VR tour or video call"), 2 * DAY),
        PlaybookStep(
            "papers", _("Send and sign the papers electronically"), 3 * DAY, task_kind=other
        ),
        PlaybookStep("progress", _("Agree how news of the building site is sent"), 5 * DAY),
        PlaybookStep("proxy", _("Prepare the handover to a proxy"), 6 * DAY, specialist, other),
        PlaybookStep("rental", _("Offer help with letting the unit"), 7 * DAY, specialist, talk),
    ]
    return Playbook(
        key=KEY, name=_("Pack for remote buyers"), trigger=TRIGGER, steps=steps_json(steps)
    )


def pack_run(customer: Customer) -> PlaybookRun | None:
    """Return the pack at work for a customer or done; None for who is not flagged."""
    rows = PlaybookRun.objects.filter(customer=customer, playbook__trigger=TRIGGER, stop_reason="")
    return rows.select_related("playbook").order_by("-started_at", "-pk").first()


def pack_items(run: PlaybookRun) -> list[PackItem]:
    """Return each service of a pack, done or not; one query."""
    tasks = {task.source_id.partition(":")[2]: task for task in tasks_of([run.pk])}
    items = []
    for step in read_steps(run.steps):
        task = tasks.get(step.key)
        state = task.state if task else "later"
        when = (task.done_at or task.due_at) if task else None
        items.append(PackItem(step.title, state == TaskState.DONE.value, state, when))
    return items


@transaction.atomic
def flag_remote(*, customer: Customer, actor: User, now: datetime) -> PlaybookRun:
    """Flag a customer as a remote buyer and return the pack that begins; flagged twice: the same.

    Raise RefusedError where the company took the pack out of use.
    """
    lock_customers([customer.pk])
    before = pack_run(customer)
    if before is not None:
        return before
    playbook = _playbook()
    number = PlaybookRun.objects.filter(customer=customer, playbook=playbook).count() + 1
    run = start_playbook(
        playbook=playbook,
        customer=customer,
        lead=None,
        occurrence=f"{TRIGGER}:{number}",
        actor=actor,
        now=now,
    )
    record(
        kind="customer.remote_flagged",
        actor=actor,
        subject=("customer", customer.pk),
        facts={"run": run.pk},
        now=now,
    )
    return run


@transaction.atomic
def unflag_remote(*, customer: Customer, reason: str, actor: User, now: datetime) -> None:
    """Take the flag back, with a reason; what of the pack is open is withdrawn.

    A pack that is done stays as it is, so its flag stays too. Raise EntryError without a reason.
    """
    lock_customers([customer.pk])
    run = pack_run(customer)
    if run is None or run.ended_at is not None:
        raise RefusedError(_("The customer has no pack that is still at work."))
    stop_run(run=run, reason=reason, actor=actor, now=now)


def _playbook() -> Playbook:
    """Return the pack in use; written where the installation never had one."""
    if not Playbook.objects.filter(trigger=TRIGGER).exists():
        with override(settings.LANGUAGE_CODE):
            Playbook.objects.bulk_create([pack_playbook()], ignore_conflicts=True)
    found = Playbook.objects.filter(trigger=TRIGGER, is_active=True).order_by("pk").first()
    if found is None:
        raise RefusedError(_("The pack for remote buyers is out of use. Ask who keeps playbooks."))
    return found
