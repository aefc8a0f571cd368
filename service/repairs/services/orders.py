"""The way of a repair: reported, classified, a contractor sent, visited, repaired (SVC-99)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.property.launching import store_photo
from customers.rules.text import clean_text
from service.repairs import choices
from service.repairs.errors import RepairRefusedError
from service.repairs.models import Contractor, RepairEvent, RepairJob, RepairOrder, RepairPhoto
from service.repairs.rules.steps import Stage, Step, after, may_step
from service.repairs.services.ticket_steps import carry
from service.repairs.services.warranty import decide_warranty
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket
from service.tickets.services.opening import open_ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Who is sent, and the visit agreed with the owner."""

    contractor: Contractor
    start: datetime
    until: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What the visit found and what is planned, with the photos taken before the repair."""

    finding: str
    plan: str
    finish_on: date
    photos: tuple[bytes, ...] = ()


@transaction.atomic
def open_repair(
    *, draft: TicketDraft, part: str, trade: str, actor: User, now: datetime
) -> RepairOrder:
    """Open a ticket of kind repair with its order, decide the warranty, and return the order."""
    ticket = open_ticket(draft, actor=actor, now=now)
    order = ensure_order(ticket, actor=actor, now=now)
    if (order.part, order.trade) == (part, trade):
        return order
    return classify(order=order, part=part, trade=trade, actor=actor, now=now)


def ensure_order(ticket: Ticket, *, actor: User | None, now: datetime) -> RepairOrder:
    """Return the order of a repair ticket; it is written, with the warranty, where none is."""
    known: RepairOrder | None = RepairOrder.objects.filter(ticket=ticket).first()
    if known is not None:
        return known
    day = ticket.occurred_on or timezone.localdate(ticket.opened_at)
    order = RepairOrder(ticket=ticket, reported_on=day)
    decide_warranty(order, now=now)
    order.save(force_insert=True)
    note_step(order, Step.REPORT, ticket.subject, actor=actor, now=now)
    return order


@transaction.atomic
def classify(
    *, order: RepairOrder, part: str, trade: str, actor: User, now: datetime
) -> RepairOrder:
    """Name part and trade of a repair; the rule decides the warranty anew. Return the order."""
    current = locked(order, Step.CLASSIFY)
    current.part, current.trade = part, trade
    decide_warranty(current, now=now)
    current.save()
    words = f"{dict(choices.PARTS)[part]} · {dict(choices.TRADES)[trade]}"
    note_step(current, Step.CLASSIFY, words, actor=actor, now=now)
    return current


@transaction.atomic
def dispatch(*, order: RepairOrder, sending: Sending, actor: User, now: datetime) -> RepairJob:
    """Send a contractor at an agreed time and return the job; before the visit it can be changed.

    Raise RepairRefusedError without part and trade, for a contractor that is not sent any more or
    has another trade, and for a visit that ends in the past or before it begins.
    """
    current = locked(order, Step.DISPATCH)
    _check_sending(current, sending, now)
    open_job = current.jobs.filter(outcome="").order_by("-number").first()
    number = current.jobs.count() + 1
    job = open_job or RepairJob(order=current, number=number)
    job.contractor, job.start, job.until = sending.contractor, sending.start, sending.until
    job.sent_by, job.sent_at = actor, now
    job.save()
    advance(current, Step.DISPATCH)
    words = " · ".join(part for part in (str(job.contractor), clean_text(sending.note)) if part)
    note_step(current, Step.DISPATCH, words, actor=actor, now=now)
    return job


def _check_sending(order: RepairOrder, sending: Sending, now: datetime) -> None:
    if not order.part or not order.trade:
        raise RepairRefusedError(_("Name part and trade first; they decide warranty and trade."))
    contractor = sending.contractor
    if not contractor.is_active or order.trade not in contractor.trades:
        raise RepairRefusedError(_("This contractor does not repair this trade. Choose another."))
    if sending.until <= sending.start or sending.until <= now:
        raise RepairRefusedError(_("The visit has to end after it begins, and in time to come."))


@transaction.atomic
def visit(*, order: RepairOrder, seen: Visit, actor: User, now: datetime) -> RepairJob:
    """Note the visit with what it found, the plan and photos of before; return the job."""
    current = locked(order, Step.VISIT)
    finding, plan = clean_text(seen.finding)[:500], clean_text(seen.plan)[:500]
    if not finding or not plan:
        raise RepairRefusedError(_("Write down what was found and what will be done."))
    job = job_of(current)
    job.visited_at, job.finding, job.plan, job.finish_on = now, finding, plan, seen.finish_on
    job.save()
    _keep_photos(job, "before", seen.photos, actor=actor, now=now)
    advance(current, Step.VISIT)
    note_step(current, Step.VISIT, f"{finding} → {plan}", actor=actor, now=now)
    return job


@transaction.atomic
def repair(
    *, order: RepairOrder, work: str, photos: tuple[bytes, ...], actor: User, now: datetime
) -> RepairJob:
    """Note the repair as done, with what was done and at least one photo; return the job."""
    current = locked(order, Step.REPAIR)
    words = clean_text(work)[:500]
    if not words:
        raise RepairRefusedError(_("Write down what was done."))
    if not photos:
        raise RepairRefusedError(_("Add a photo that shows the repair."))
    job = job_of(current)
    job.repaired_at, job.work = now, words
    job.save()
    _keep_photos(job, "after", photos, actor=actor, now=now)
    advance(current, Step.REPAIR)
    note_step(current, Step.REPAIR, words, actor=actor, now=now)
    return job


def locked(order: RepairOrder, step: Step) -> RepairOrder:
    """Return the order under its lock; raise StaleError where its stage does not take ``step``."""
    rows = RepairOrder.objects.select_related("ticket__unit", "ticket__project")
    current: RepairOrder = rows.select_for_update(of=("self",)).get(pk=order.pk)
    if not may_step(Stage(current.stage), step):
        raise StaleError(
            _("The repair is “%(stage)s” meanwhile. Reload.")
            % {"stage": dict(choices.STAGES)[current.stage]}
        )
    return current


def advance(order: RepairOrder, step: Step) -> None:
    """Write the stage that follows ``step``."""
    order.stage = after(Stage(order.stage), step).value
    order.save()


def job_of(order: RepairOrder) -> RepairJob:
    """Return the running job of an order that was dispatched."""
    job: RepairJob = order.jobs.select_related("contractor").order_by("-number")[0]
    return job


def note_step(
    order: RepairOrder, step: Step, words: str, *, actor: User | None, now: datetime
) -> None:
    """Write the step of an order, audit it, and take the ticket along where it can follow."""
    RepairEvent.objects.create(order=order, at=now, step=step.value, note=words[:500], actor=actor)
    record(
        kind="repair.step",
        actor=actor,
        subject=("repair", order.pk),
        facts={"step": step.value, "stage": order.stage, "standing": order.standing},
        now=now,
    )
    carry(order.ticket, step, words, actor=actor, now=now)


def _keep_photos(
    job: RepairJob, taken: str, photos: tuple[bytes, ...], *, actor: User, now: datetime
) -> None:
    for data in photos:
        photo = store_photo(data=data, actor=actor, now=now)
        RepairPhoto.objects.create(job=job, taken=taken, photo=photo)
