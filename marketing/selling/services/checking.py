"""Checks drawn and asked for, sales offices, tests due again (MKT-63, MKT-64, MKT-65)."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.questionnaires.models import AnswerSheet
from crm_site.staff.models import User
from customers.models import Interaction, Project
from customers.rules.axes import Channel, TaskKind
from customers.services.tasks import TaskEntry, create_task
from marketing.selling.check_models import SalesOffice, SellingCheck
from marketing.selling.errors import SellingError
from marketing.selling.policies import selling_rules
from marketing.selling.querysets import CHECK
from marketing.selling.rules.spans import DAY, Grain, span_of
from marketing.selling.selectors.actuals import midnight
from marketing.selling.services.following import RETEST, closing_in

KINDS: Final = {
    Channel.PHONE.value: "call",
    Channel.WECHAT.value: "chat",
    Channel.APP.value: "chat",
    Channel.WEBSITE.value: "chat",
    Channel.SOCIAL.value: "chat",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MysteryDraft:
    """A visit of a mystery customer: with whom, when."""

    person: User
    happened_on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDraft:
    """A sales office and who keeps it in order."""

    project: Project
    name: str
    address: str
    keeper: User
    is_open: bool = True


def draw_checks(*, now: datetime) -> int:
    """Draw calls and chats of the month before at random, so many a consultant; return how many.

    The lot is a hash of talk and month, which anybody can compute again. Safe to call again.
    """
    drawn = selling_rules(now).drawn
    month = span_of(Grain.MONTH, span_of(Grain.MONTH, timezone.localdate(now)).start - DAY)
    talks = Interaction.objects.filter(
        author__role="consultant",
        author__is_active=True,
        author__node__project__isnull=False,
        channel__in=list(KINDS),
        is_automatic=False,
        at__gte=midnight(month.start),
        at__lt=midnight(month.end),
        customer__merged_into__isnull=True,
    ).values_list("pk", "author", "author__node__project", "channel", "at")
    by_person: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in talks:
        by_person[row[1]].append(row)
    before = SellingCheck.objects.filter(month_on=month.start, talk__isnull=False)
    held = Counter(before.values_list("person", flat=True))
    taken = set(before.values_list("talk", flat=True))
    fresh = []
    for person, rows in by_person.items():
        free = sorted((one for one in rows if one[0] not in taken), key=lambda one: _lot(one[0]))
        fresh += free[: max(drawn - held[person], 0)]
    made = SellingCheck.objects.bulk_create(
        [
            SellingCheck(
                project_id=project,
                person_id=person,
                kind=KINDS[channel],
                talk_id=talk,
                month_on=month.start,
                happened_on=timezone.localdate(at),
                created_at=now,
            )
            for talk, person, project, channel, at in fresh
        ],
        ignore_conflicts=True,
    )
    return len(made)


@transaction.atomic
def plan_mystery(*, draft: MysteryDraft, actor: User, now: datetime) -> SellingCheck:
    """Write down the visit of a mystery customer, to be judged on its sheet, and return it."""
    _may_check(actor)
    if draft.happened_on > timezone.localdate(now):
        raise ValidationError({"happened_on": _("The day lies in the future.")})
    project_id = draft.person.node.project_id if draft.person.node else None
    if project_id is None:
        raise ValidationError({"person": _("This consultant works in no project.")})
    check = SellingCheck.objects.create(
        project_id=project_id,
        person=draft.person,
        kind="mystery",
        month_on=draft.happened_on.replace(day=1),
        happened_on=draft.happened_on,
        note=draft.note.strip(),
        created_by=actor,
        created_at=now,
    )
    _audit("selling.check_planned", ("selling-check", check.pk), actor, now)
    return check


@transaction.atomic
def strike_check(*, check: SellingCheck, reason: str, actor: User, now: datetime) -> SellingCheck:
    """Strike a check that cannot be done, with a reason; raise SellingError once it is done."""
    _may_check(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is struck.")})
    row: SellingCheck = SellingCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    if row.state != "open":
        raise SellingError(_("This check has ended already."))
    row.state, row.note = "void", reason.strip()[:300]
    row.save()
    _audit("selling.check_struck", ("selling-check", row.pk), actor, now)
    return row


@transaction.atomic
def keep_office(
    *, office: SalesOffice | None, draft: OfficeDraft, actor: User, now: datetime
) -> SalesOffice:
    """Write a sales office, a new one for None, and return it; a project has a name once."""
    _may_check(actor)
    row = office or SalesOffice(created_by=actor, created_at=now)
    for name in OfficeDraft.__slots__:
        setattr(row, name, getattr(draft, name))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("The project has an office of this name.")}) from error
    _audit("selling.office_kept", ("sales-office", row.pk), actor, now)
    return row


def plan_retests(*, now: datetime) -> int:
    """Give a task for each test of a consultant that is to be done again; return how many due.

    One for each latest sheet, however often it is called.
    """
    from marketing.selling.sheets import TEST_LABELS

    since = now - timedelta(days=selling_rules(now).retest_days)
    latest = (
        AnswerSheet.objects.complete()
        .filter(
            questionnaire__key__in=list(TEST_LABELS),
            author__is_active=True,
            author__role="consultant",
        )
        .order_by()
        .values("author", "questionnaire__key")
        .annotate(at=Max("completed_at"), last=Max("pk"))
        .filter(at__lt=since)
    )
    rows = list(latest)
    people = User.objects.in_bulk({row["author"] for row in rows})
    for row in rows:
        key = row["questionnaire__key"]
        entry = TaskEntry(
            title=_("Do the test again: %(test)s") % {"test": TEST_LABELS[key]},
            due_at=closing_in(selling_rules(now).training_days, now),
            owner=people[row["author"]],
            kind=TaskKind.OTHER,
            source=RETEST,
            source_id=f"{key}:{row['last']}"[-40:],
            subject=("answer-sheet", row["last"]),
        )
        create_task(entry=entry, actor=None, now=now)
    return len(rows)


def _lot(talk: int) -> str:
    return hashlib.sha256(f"honest-selling:{talk}".encode()).hexdigest()


def _may_check(actor: User) -> None:
    if not actor.has_perm(CHECK):
        raise NotAllowedError(_("Your role does not check selling."))


def _audit(kind: str, subject: tuple[str, int], actor: User, now: datetime) -> None:
    record(kind=kind, actor=actor, subject=subject, facts={}, now=now)
