"""Dashboards sent on schedule, each with the rights of its receiver at that moment."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from analytics.dashboards.exports.paper import board_pdf
from analytics.dashboards.messages import SENT, STOPPED
from analytics.dashboards.models import DashboardSending, DashboardSubscription
from analytics.dashboards.page import BoardPage, read_board
from analytics.dashboards.questions import (
    NoBoardError,
    NoPlaceError,
    Question,
    question_of,
)
from analytics.dashboards.rules.schedule import slot_of
from analytics.kpis.kinds import day_of
from crm_site.audit.services import record
from crm_site.common.files import PDF, Taken
from crm_site.common.refusals import RefusedError
from crm_site.outbox.services import send
from crm_site.staff.models import User

MOST: Final = 20  # of one person
LATEST: Final = timedelta(hours=20)  # a slot missed longer ago is not made up for
KEPT: Final = timedelta(days=90)
LANGUAGE: Final = "zh-hans"


@transaction.atomic
def subscribe(asked: Question, *, weekday: int, hour: int, now: datetime) -> DashboardSubscription:
    """Have a dashboard sent as it is asked for; the same again is the same one, started anew.

    Raise RefusedError beyond twenty of one person. It is sent first at the next slot.
    """
    User.objects.select_for_update().get(pk=asked.user.pk)
    mine = DashboardSubscription.objects.filter(user=asked.user, is_active=True)
    key: dict[str, Any] = {
        "user": asked.user,
        "board": asked.board.key,
        "place": asked.choice.value,
        "period": asked.rule.value,
        "weekday": weekday,
        "hour": hour,
    }
    if mine.exclude(**key).count() >= MOST:
        raise RefusedError(
            _("%(n)s dashboards are sent to you already. Stop one first.") % {"n": MOST}
        )
    state: dict[str, Any] = {
        "is_active": True,
        "stopped_why": "",
        "compare": asked.compare.value,
        "last_slot": slot_of(weekday, hour, now),
    }
    row, _created = DashboardSubscription.objects.update_or_create(**key, defaults=state)
    record(
        kind="dashboard.subscribed",
        actor=asked.user,
        now=now,
        facts={"board": row.board, "place": row.place},
    )
    return row


def unsubscribe(row: DashboardSubscription) -> None:
    """Stop sending; what was sent stays."""
    DashboardSubscription.objects.filter(pk=row.pk).update(is_active=False, stopped_why="")


def send_due(*, now: datetime) -> dict[str, int]:
    """Send what is due; return how many were sent and stopped. Safe to run twice or late.

    One that cannot be drawn keeps no other from being sent; its error is raised at the end.
    """
    done = {"sent": 0, "stopped": 0}
    failed: list[Exception] = []
    rows = DashboardSubscription.objects.filter(is_active=True).order_by("pk")
    for row in rows.iterator(chunk_size=200):
        slot = slot_of(row.weekday, row.hour, now)
        if row.last_slot is not None and row.last_slot >= slot:
            continue
        try:
            outcome = _send_one(row.pk, slot, now)
        except Exception as error:
            failed.append(error)
            continue
        if outcome:
            done[outcome] += 1
    if failed:
        raise failed[0]
    return done


def forget_old(*, now: datetime) -> int:
    """Remove files sent more than ninety days ago; return how many."""
    removed, _by_kind = DashboardSending.objects.filter(stored_at__lt=now - KEPT).delete()
    return removed


@transaction.atomic
def _send_one(key: int, slot: datetime, now: datetime) -> str:
    """Send one dashboard for one slot; return "sent", "stopped" or nothing where it was done."""
    due = Q(last_slot=None) | Q(last_slot__lt=slot)
    locked = DashboardSubscription.objects.select_for_update(skip_locked=True, of=("self",))
    row = locked.select_related("user__node").filter(due, pk=key, is_active=True).first()
    if row is None:
        return ""
    row.last_slot = slot
    row.save(update_fields=["last_slot"])
    if now - slot > LATEST:
        return ""
    why, asked = _allowed(row, now)
    if asked is None:
        _stop(row, why, now)
        return "stopped"
    with translation.override(LANGUAGE):
        page = read_board(asked)
        taken = Taken(_name(page), PDF, board_pdf(page))
        filters = [list(pair) for pair in page.filters]
    try:
        with transaction.atomic():
            sending = DashboardSending.objects.create(
                subscription=row,
                user=row.user,
                slot=slot,
                filters=filters,
                stored_at=now,
                **taken.values(),
            )
    except IntegrityError:
        return ""
    send(
        kind=SENT,
        recipient=row.user,
        subject=("dashboard-sending", sending.pk),
        params={"board": row.board, "filters": ", ".join(value for _label, value in filters)},
        key=f"dashboard-sending:{sending.pk}",
        now=now,
    )
    return "sent"


def _allowed(row: DashboardSubscription, now: datetime) -> tuple[str, Question | None]:
    """Return the question with the receiver's rights of now, or why it may not be asked."""
    if not row.user.is_active:
        return "account", None
    query = {"place": row.place, "period": row.period, "compare": row.compare}
    try:
        return "", question_of(row.user, row.board, query, now=now)
    except NoBoardError:
        return "right", None
    except NoPlaceError:
        return "place", None


def _stop(row: DashboardSubscription, why: str, now: datetime) -> None:
    row.is_active, row.stopped_why = False, why
    row.save(update_fields=["is_active", "stopped_why"])
    record(
        kind="dashboard.stopped",
        actor=None,
        now=now,
        facts={"board": row.board, "place": row.place, "why": why},
    )
    if row.user.is_active:
        send(
            kind=STOPPED,
            recipient=row.user,
            subject=None,
            params={"board": row.board},
            key=f"dashboard-stopped:{row.pk}:{now:%Y%m%d%H}",
            now=now,
        )


def _name(page: BoardPage) -> str:
    from analytics.dashboards.words import title

    return f"{title(page.asked)} {page.asked.choice.name} {day_of(page.made_at)}.pdf"[:120]
