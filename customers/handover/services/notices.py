"""The handover notice: written 10 days ahead with five documents in force (SVC-81)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.models import Message
from crm_site.outbox.services import ToAddressee, send, send_outside
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES
from customers.handover.day_models import DeliveryNotice
from customers.handover.errors import DeliveryRefusedError
from customers.handover.models import DeliveryBatch, UnitDelivery
from customers.handover.papers import Attachment, attachments_of
from customers.handover.policies import HANDOVER, DeliveryRules
from customers.handover.services.batches import lock_batch
from customers.models.project import Project
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.rules.text import clean_text
from customers.services.reaching import ADDRESSEE

NOTICE: Final = "delivery.notice"
BLOCKED: Final = "delivery.blocked"
PLAN: Final = "customers.plan_delivery"


def notice_blockers(batch: DeliveryBatch, *, now: datetime) -> list[str]:
    """Return in words what keeps the notices of a whole batch back; empty: nothing (SVC-81)."""
    found = [] if batch.approved_at is not None else [_("The batch is not approved.")]
    for paper in attachments_of(batch.project_id, today=timezone.localdate(now)):
        if paper.version is None:
            words = {"document": paper.label}
            found.append(_("Attachment not in force: %(document)s") % words)
    return found


def notice_day(batch: DeliveryBatch, *, now: datetime) -> date:
    """Return the day on which the notices of a batch are written."""
    rules: DeliveryRules = in_force(HANDOVER, at=now).value
    return batch.planned_on - timedelta(days=rules.notice_days)


@transaction.atomic
def send_notices(*, batch: DeliveryBatch, actor: User | None, now: datetime) -> int:
    """Write the notices of a batch to the buyers of its released units; return how many.

    Safe to repeat: one notice for each unit, buyer and day. Raise DeliveryRefusedError naming what
    keeps all of them back, or that it is too early.
    """
    current = lock_batch(batch)
    blockers = notice_blockers(current, now=now)
    if blockers:
        raise DeliveryRefusedError(_("Still open: %(reasons)s") % {"reasons": "; ".join(blockers)})
    due, today = notice_day(current, now=now), timezone.localdate(now)
    if today < due:
        words = {"day": date_format(due, "SHORT_DATE_FORMAT")}
        raise DeliveryRefusedError(_("The notices are sent from %(day)s on.") % words)
    released = _released(current)
    if released:
        papers = kept(attachments_of(current.project_id, today=today))
        notices = _write(current, released, papers, is_late=today > due, actor=actor, now=now)
        send_outside([_letter(notice, current) for notice in notices], now=now)
    return len(released)


def send_due_notices(*, now: datetime) -> dict[str, int]:
    """Write the notices that are due; tell who plans the batch once a day what keeps one back."""
    today = timezone.localdate(now)
    rules: DeliveryRules = in_force(HANDOVER, at=now).value
    last = today + timedelta(days=rules.notice_days)
    waiting = Q(deliveries__invited_at=None, deliveries__unit__purchases__state="signed")
    rows = DeliveryBatch.objects.filter(waiting, planned_on__gte=today, planned_on__lte=last)
    counts = {"notices": 0, "blocked": 0}
    for batch in rows.distinct().order_by("pk").select_related("project__node"):
        try:
            counts["notices"] += send_notices(batch=batch, actor=None, now=now)
        except DeliveryRefusedError as refusal:
            counts["blocked"] += 1
            _tell(batch, str(refusal), today, now)
    return counts


def proof_of(notice: DeliveryNotice) -> Message | None:
    """Return the message that carried a notice: its state proves the delivery."""
    return Message.objects.filter(idempotency_key=f"{_key(notice)}:{Channel.SMS.value}").first()


def note_handed(*, notice: DeliveryNotice, note: str, actor: User, now: datetime) -> DeliveryNotice:
    """Note that a notice was delivered by hand or courier, with what proves it; return it.

    Raise DeliveryRefusedError without words, StaleError where somebody noted it.
    """
    words = clean_text(note)
    if not words:
        raise DeliveryRefusedError(_("Say what proves the delivery."))
    rows = DeliveryNotice.objects.filter(pk=notice.pk, handed_at=None)
    if not rows.update(handed_at=now, handed_note=words[:200], handed_by=actor):
        raise StaleError(_("The delivery is noted already."))
    record(
        kind="delivery.notice_handed",
        actor=actor,
        subject=("delivery", notice.delivery_id),
        now=now,
    )
    notice.refresh_from_db()
    return notice


def planners_of(project: Project) -> list[User]:
    """Return who plans the handovers of a project: its specialists, the centre of its region."""
    roles = [key for key, role in ROLES.items() if PLAN in role.may]
    place = Q(node__project_id=project.pk) | Q(node_id=project.node.region_id)
    people = User.objects.filter(place, is_active=True, role__in=roles)
    return list(people.order_by("pk"))


def _released(batch: DeliveryBatch) -> list[UnitDelivery]:
    """Lock and return the released units of a batch whose buyers have no notice, each with them."""
    signed = Purchase.objects.filter(unit__delivery__batch=batch, state=PurchaseState.SIGNED)
    buyers = {purchase.unit_id: purchase for purchase in signed}
    rows = batch.deliveries.released().filter(invited_at=None, unit__in=buyers)
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for delivery in found:
        delivery.purchase = buyers[delivery.unit_id]
    return found


def kept(papers: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Return what a notice keeps of its attachments: those there are, in the version sent."""
    return [
        {
            "kind": paper.kind,
            "number": paper.version.document.number,
            "title": paper.version.title,
            "version": paper.version.number,
            "id": paper.version.pk,
        }
        for paper in papers
        if paper.version is not None
    ]


def _write(
    batch: DeliveryBatch,
    released: list[UnitDelivery],
    papers: list[dict[str, Any]],
    *,
    is_late: bool,
    actor: User | None,
    now: datetime,
) -> Iterable[DeliveryNotice]:
    counted = DeliveryNotice.objects.filter(delivery__in=released).values_list("delivery")
    earlier = dict(counted.annotate(Count("pk")).order_by())
    notices = []
    for delivery in released:
        delivery.invited_at, delivery.due_on, delivery.updated_at = now, batch.planned_on, now
        notices.append(
            DeliveryNotice(
                delivery=delivery,
                number=earlier.get(delivery.pk, 0) + 1,
                purchase=delivery.purchase,
                planned_on=batch.planned_on,
                attachments=papers,
                is_late=is_late,
                written_at=now,
                written_by=actor,
            )
        )
    names = ["purchase", "invited_at", "due_on", "updated_at"]
    UnitDelivery.objects.bulk_update(released, names, batch_size=500)
    made = DeliveryNotice.objects.bulk_create(notices, batch_size=500)
    rows = DeliveryNotice.objects.filter(pk__in=[notice.pk for notice in made])
    return rows.select_related("purchase", "delivery__unit__building")


def _key(notice: DeliveryNotice) -> str:
    return f"delivery-notice:{notice.pk}"


def _letter(notice: DeliveryNotice, batch: DeliveryBatch) -> ToAddressee:
    return ToAddressee(
        kind=NOTICE,
        addressee=(ADDRESSEE, notice.purchase.customer_id),
        channel=Channel.SMS.value,
        purpose=Purpose.CONTACT.value,
        key=_key(notice),
        params={
            "project": batch.project.name,
            "unit": str(notice.delivery.unit),
            "day": notice.planned_on.isoformat(),
            "documents": [paper["title"] for paper in notice.attachments],
        },
        subject=("delivery", notice.delivery_id),
    )


def _tell(batch: DeliveryBatch, reason: str, today: date, now: datetime) -> None:
    for person in planners_of(batch.project):
        send(
            kind=BLOCKED,
            recipient=person,
            subject=("delivery-batch", batch.pk),
            params={"batch": str(batch), "day": batch.planned_on.isoformat(), "reason": reason},
            key=f"delivery-blocked:{batch.pk}:{today:%Y%m%d}:{person.pk}",
            now=now,
        )


def _shown(params: dict[str, Any]) -> dict[str, Any]:
    day = parse_date(str(params["day"]))
    words = {"day": date_format(day, "SHORT_DATE_FORMAT") if day else params["day"]}
    if "documents" in params:
        words["documents"] = ", ".join(params["documents"])
    return words


def register() -> None:
    """Make both messages known."""
    declare_message(
        MessageKind(
            key=NOTICE,
            label=gettext_lazy("Handover notice"),
            title=gettext_lazy("Handover of %(unit)s, %(project)s, from %(day)s on"),
            body=gettext_lazy("With this notice: %(documents)s. Book the time that suits you."),
            show=_shown,
        )
    )
    declare_message(
        MessageKind(
            key=BLOCKED,
            label=gettext_lazy("Handover notices are kept back"),
            title=gettext_lazy("Handover notices of %(batch)s are kept back"),
            body=gettext_lazy("The handover begins on %(day)s. %(reason)s"),
            icon="flag",
            tone="red",
            show=_shown,
        )
    )
