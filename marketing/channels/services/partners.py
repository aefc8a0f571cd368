"""Partners: entered, changed, moved on; their people, breaches and checks (MKT-67, 72, 73)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.questionnaires.models import AnswerSheet
from crm_site.staff.models import User
from customers.rules.text import clean_text
from customers.services.tasks import TaskEntry, create_task
from marketing.channels.errors import ChannelError
from marketing.channels.models import (
    Partner,
    PartnerBreach,
    PartnerCheck,
    PartnerEvent,
    PartnerStaff,
    PartnerUser,
)
from marketing.channels.policies import conduct_rules
from marketing.channels.rules.kinds import MOVES, PartnerState
from marketing.channels.rules.partners import needs_review, suspends
from marketing.channels.services.gate import BARS, bar_for

FIELDS: Final = (
    *("name", "channel", "contract_no", "contract_document", "starts_on", "ends_on"),
    *("licence_no", "licence_until", "is_everywhere", "contact_name", "contact_phone"),
    *("owner", "note"),
)
PARTNER_ROLE: Final = "partner"
REVIEW_TASK: Final = "partner-review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A breach as it is written down; ``key`` makes it count once."""

    kind: str
    on: dt.date
    note: str
    key: str
    staff: PartnerStaff | None = None
    penalty: Decimal | None = None
    is_complaint: bool = False


@transaction.atomic
def add_partner(*, values: Mapping[str, Any], actor: User, now: dt.datetime) -> Partner:
    """Enter a partner in selection and return it; raise ChannelError for a name that exists."""
    row = Partner(**{name: values[name] for name in FIELDS if name in values}, state_since=now)
    _save(row, force_insert=True)
    row.territory.set(values.get("territory", ()))
    _note(row, "added", actor, now)
    return row


@transaction.atomic
def change_partner(
    *, partner: Partner, values: Mapping[str, Any], actor: User, now: dt.datetime
) -> Partner:
    """Write the changed contract, territory, licence and contacts, and return the partner.

    A name under which customers were claimed stays: commission finds the partner by it.
    """
    row = hold(partner)
    if values.get("name", row.name) != row.name and row.intakes.exists():
        raise ChannelError(_("Customers were reported under this name; it stays as it is."))
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    row.version += 1
    _save(row)
    if "territory" in values:
        row.territory.set(values["territory"])
    _note(row, "changed", actor, now)
    return row


@transaction.atomic
def move_partner(
    *, partner: Partner, to: PartnerState, note: str, actor: User | None, now: dt.datetime
) -> Partner:
    """Begin, suspend, take up again or end the co-operation; return the partner.

    Raise ChannelError for a step that does not exist, without a reason, and for a beginning while
    contract, licence or staff are not in order (MKT-67, MKT-73).
    """
    row, words = hold(partner), clean_text(note)[:300]
    if to not in MOVES[PartnerState(row.state)]:
        raise ChannelError(_("The partner was moved on meanwhile. Reload."))
    if not words:
        raise ChannelError(_("Say why."))
    from_state, row.state, row.state_since = row.state, to.value, now
    if to is PartnerState.ACTIVE:
        bar = bar_for(row, None, now=now)
        if bar is not None:
            raise ChannelError(str(BARS[bar]), code=bar.value)
    row.save(update_fields=["state", "state_since", "updated_at"])
    _note(row, "moved", actor, now, from_state=from_state, to_state=row.state, note=words)
    return row


@transaction.atomic
def note_breach(
    *, partner: Partner, breach: Breach, actor: User, now: dt.datetime
) -> PartnerBreach:
    """Write a breach down and return it; at the number of the rules the partner is suspended.

    The same key is one breach. Raise ChannelError for a day to come.
    """
    row = hold(partner)
    known = PartnerBreach.objects.filter(key=breach.key).first()
    if known is not None:
        return known
    today = timezone.localdate(now)
    if breach.on > today:
        raise ChannelError(_("This day is still to come."))
    if breach.staff is not None and breach.staff.partner_id != row.pk:
        raise ChannelError(_("This person works for another partner."))
    written = PartnerBreach(
        partner=row,
        staff=breach.staff,
        kind=breach.kind,
        on=breach.on,
        note=clean_text(breach.note)[:500],
        penalty=breach.penalty,
        is_complaint=breach.is_complaint,
        key=breach.key[:80],
        actor=actor,
        at=now,
    )
    if not written.note:
        raise ChannelError(_("Say what happened."))
    rules = conduct_rules(now)
    days = [*row.breaches.values_list("on", flat=True), breach.on]
    reached = suspends(days, today=today, limit=rules.breaches, days=rules.breach_days)
    written.suspended = reached and row.state == PartnerState.ACTIVE
    written.save(force_insert=True)
    _note(row, "breach", actor, now, note=written.get_kind_display())
    if written.suspended:
        words = _("%(count)s breaches of the rules") % {"count": len(days)}
        move_partner(partner=row, to=PartnerState.SUSPENDED, note=words, actor=actor, now=now)
    return written


@transaction.atomic
def note_check(
    *, partner: Partner, sheet: AnswerSheet, score: Decimal, actor: User | None, now: dt.datetime
) -> PartnerCheck:
    """Keep the score (0 to 100) of a check of the service and return it, once for each sheet.

    Below the score of the rules so many times in a row, a task asks to look at the agency again:
    keep, train or replace it (MKT-73).
    """
    row, rules = hold(partner), conduct_rules(now)
    known = PartnerCheck.objects.filter(sheet=sheet).first()
    if known is not None:
        return known
    least = Decimal(rules.least_score)
    made = PartnerCheck.objects.create(
        partner=row,
        sheet=sheet,
        kind="selection" if row.state == PartnerState.CANDIDATE else "service",
        on=timezone.localdate(now),
        score=score,
        is_below=score < least,
        actor=actor,
        at=now,
    )
    _note(row, "check", actor, now, note=str(score))
    scores = list(row.checks.filter(kind="service").order_by("pk").values_list("score", flat=True))
    if made.kind == "service" and needs_review(scores, least=least, times=rules.times_below):
        _ask_review(row, made, rules.review_days, now)
    return made


def _ask_review(row: Partner, check: PartnerCheck, days: int, now: dt.datetime) -> None:
    owner = row.owner or check.actor
    if owner is None:
        return
    entry = TaskEntry(
        title=_("Look at the agency again: %(name)s") % {"name": row.name},
        due_at=now + dt.timedelta(days=days),
        owner=owner,
        source=REVIEW_TASK,
        source_id=str(check.pk),
        subject=("partner", row.pk),
    )
    create_task(entry=entry, actor=None, now=now)


@transaction.atomic
def add_staff(
    *, partner: Partner, values: Mapping[str, Any], actor: User, now: dt.datetime
) -> PartnerStaff:
    """Put a person on the staff list and return the row; raise ChannelError for a repeat."""
    row = PartnerStaff(partner=partner, **values)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ChannelError(_("This person is on the list already.")) from error
    _note(partner, "staff", actor, now, note=row.name)
    return row


@transaction.atomic
def open_portal(*, partner: Partner, user: User, actor: User, now: dt.datetime) -> PartnerUser:
    """Let an account of the role partner register leads for the partner (PLT-46)."""
    if user.role != PARTNER_ROLE:
        raise ChannelError(_("Choose an account of the role “channel partner”."))
    row, _made = PartnerUser.objects.update_or_create(
        user=user, defaults={"partner": partner, "is_active": True}
    )
    _note(partner, "portal", actor, now, note=user.name)
    return row


@transaction.atomic
def leave(*, staff: PartnerStaff, actor: User, now: dt.datetime) -> PartnerStaff:
    """Write that a person works for the partner no longer and return the row; once is enough."""
    rows = PartnerStaff.objects.filter(pk=staff.pk, left_on=None)
    if rows.update(left_on=timezone.localdate(now), updated_at=now):
        _note(staff.partner, "staff_left", actor, now, note=staff.name)
    staff.refresh_from_db()
    return staff


@transaction.atomic
def close_portal(*, login: PartnerUser, actor: User, now: dt.datetime) -> PartnerUser:
    """Take the access to the portal from an account and return the row; once is enough."""
    rows = PartnerUser.objects.filter(pk=login.pk, is_active=True)
    if rows.update(is_active=False, updated_at=now):
        _note(login.partner, "portal_closed", actor, now, note=login.user.name)
    login.refresh_from_db()
    return login


def hold(partner: Partner) -> Partner:
    """Return the partner, locked until the transaction ends."""
    rows = Partner.objects.select_for_update(of=("self",), no_key=True)
    row: Partner = rows.get(pk=partner.pk)
    return row


def _save(row: Partner, **how: Any) -> None:
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as error:
        if "partner_term_in_order" in str(error):
            raise ChannelError(_("The contract ends before it begins.")) from error
        raise ChannelError(_("A partner of this name exists.")) from error


def _note(row: Partner, kind: str, actor: User | None, now: dt.datetime, **more: Any) -> None:
    PartnerEvent.objects.create(partner=row, at=now, kind=kind, actor=actor, **more)
    record(
        kind=f"partner.{kind}",
        actor=actor,
        subject=("partner", row.pk),
        facts={name: value for name, value in more.items() if name != "note"},
        now=now,
    )
