"""Keeping playbooks: the ones every installation starts with, and what people change (CUS-24)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_site.audit.services import record
from crm_site.calendars.rules.states import Basis
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.models import Playbook
from customers.rules.axes import TaskKind
from customers.rules.playbooks import PlaybookStep, StepRole, read_steps, steps_json

HOUR, DAY, WEEK = 1, 24, 7 * 24
CALL, VISIT, TALK, OTHER = TaskKind.CALL, TaskKind.VISIT, TaskKind.FOLLOW_UP, TaskKind.OTHER
SUPERVISOR, SPECIALIST = StepRole.SUPERVISOR, StepRole.SPECIALIST


def builtin_playbooks() -> list[Playbook]:
    """Return, unsaved and in the active language, a playbook for each part of a customer's way."""
    return [
        _playbook(
            "welcome",
            _("Welcome a new customer"),
            "lead:captured",
            _step("call", _("Welcome call: introduce yourself, ask for the need"), 8, CALL),
            _step("send", _("Send the information that fits the need"), 2 * DAY, TALK),
            _step("invite", _("Invite to the sales office"), 5 * DAY, CALL),
        ),
        _playbook(
            "intent",
            _("Follow up an intent customer"),
            "stage:watching",
            _step("answer", _("Answer the open questions of the customer"), DAY, TALK),
            _step("offer", _("Propose two layouts within the budget"), 3 * DAY, TALK),
            _step("visit", _("Agree on a visit to the show flat"), 6 * DAY, CALL),
        ),
        _playbook(
            "decision",
            _("Support the decision"),
            "stage:deciding",
            _step("recap", _("Call after the visit: impressions and doubts"), DAY, CALL),
            _step("sums", _("Send the payment plan and the loan estimate"), 2 * DAY, TALK),
            _step(
                "review", _("Go through the case with the consultant"), 3 * DAY, OTHER, SUPERVISOR
            ),
        ),
        _playbook(
            "signed",
            _("Care after signing"),
            "stage:signing",
            _step("thanks", _("Thank the customer and explain the next steps"), DAY, CALL),
            _step("papers", _("Check that the papers of the loan are complete"), WEEK, TALK),
            _step("progress", _("Tell how the building goes on"), 30 * DAY, TALK),
        ),
        _playbook(
            "resident",
            _("Care for a resident"),
            "stage:moved_in",
            _step("welcome", _("Welcome in the new home: ask what is missing"), 3 * DAY, CALL),
            _step("visit", _("Home visit after a month"), 30 * DAY, VISIT, SPECIALIST),
            _step("half-year", _("Care call after half a year"), 180 * DAY, CALL, SPECIALIST),
        ),
        _playbook(
            "exit",
            _("Exit procedure"),
            "phase:churned",
            _step(
                "reason", _("Ask why the customer leaves and write it down"), DAY, CALL, gate=True
            ),
            _step(
                "review", _("Review the reason and decide on an offer"), 3 * DAY, OTHER, SUPERVISOR
            ),
            _step("close", _("Say goodbye and settle what is open"), 5 * DAY, TALK),
        ),
        _playbook(
            "handover",
            _("A new consultant takes over"),
            "owner:changed",
            _step("read", _("Read the record and the open tasks"), 4 * HOUR, OTHER),
            _step("call", _("Introduce yourself to the customer"), 2 * DAY, CALL),
        ),
    ]


def ensure_builtin_playbooks() -> int:
    """Write the built-in playbooks that are missing, in the company's language; return how many.

    Those that exist stay as people changed them.
    """
    with override(settings.LANGUAGE_CODE):
        wanted = builtin_playbooks()
    known = set(Playbook.objects.values_list("key", flat=True))
    new = [playbook for playbook in wanted if playbook.key not in known]
    Playbook.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def ensure_some() -> None:
    """Write the built-in playbooks where there is none at all: a new installation has them."""
    if not Playbook.objects.exists():
        ensure_builtin_playbooks()


@transaction.atomic
def save_playbook(
    *,
    playbook: Playbook,
    values: dict[str, Any],
    steps: Sequence[dict[str, Any]],
    version: int,
    actor: User,
    now: datetime,
) -> Playbook:
    """Keep name, trigger, use and steps as a new version; runs under way keep their own steps.

    ``version`` is the one that was read, 0 for a new playbook. Raise ``StepsError`` for steps that
    cannot be kept, ``StaleError`` when somebody saved first; nothing is changed then.
    """
    clean = steps_json(read_steps(list(steps)))
    columns = {**values, "steps": clean, "updated_at": now}
    if not version:
        playbook = Playbook.objects.create(key=_free_key(values["name"]), **values, steps=clean)
    else:
        same = Playbook.objects.filter(pk=playbook.pk, version=version)
        if not same.update(version=F("version") + 1, **columns):
            raise StaleError(_("Somebody else saved this playbook. Reload."))
        playbook.refresh_from_db()
    record(
        kind="playbook.changed",
        actor=actor,
        subject=("playbook", playbook.pk),
        facts={"version": playbook.version, "steps": len(clean), "is_active": playbook.is_active},
        now=now,
    )
    return playbook


def _free_key(name: str) -> str:
    stem = slugify(name)[:30] or "playbook"
    taken = set(Playbook.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(
        key for n in range(len(taken) + 2) if (key := f"{stem}-{n}" if n else stem) not in taken
    )


def _playbook(key: str, name: str, trigger: str, *steps: PlaybookStep) -> Playbook:
    return Playbook(key=key, name=name, trigger=trigger, steps=steps_json(steps))


def _step(
    key: str,
    title: str,
    hours: int,
    kind: TaskKind,
    role: StepRole = StepRole.OWNER,
    *,
    gate: bool = False,
) -> PlaybookStep:
    basis = Basis.WORKING if hours < DAY else Basis.NATURAL
    return PlaybookStep(key, title, hours, role, kind, basis, gate)
