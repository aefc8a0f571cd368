"""Remarks of customers that any colleague notes: a ticket, its outcome to the author (PLT-32)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.services import send
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.selectors import staff_under
from customers.models import Project
from customers.rules.text import clean_lines, clean_text
from service.experience.errors import ExperienceRefusedError
from service.experience.models import Remark
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket, TicketEvent
from service.tickets.rules import ENDED, Stage, TicketKind
from service.tickets.services.opening import officer_of, open_ticket

SOURCE: Final = "remark"
OUTCOME: Final = "remark.outcome"
SERVICE = ("specialist", "service_manager")
KINDS = (TicketKind.SUGGESTION.value, TicketKind.INQUIRY.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a colleague heard: of which project, what, from whom if they said; ``key`` is once."""

    project: Project
    text: str
    kind: str = TicketKind.SUGGESTION.value
    contact_name: str = ""
    contact_phone: str = ""
    key: str = ""


def projects_of(user: User) -> "QuerySet[Project]":
    """Return the projects a colleague can name: the own one, those of the region, or all.

    Names of projects are no secret inside the company, so this asks for no right.
    """
    node = user.node
    rows = Project.objects.order_by("code")
    if node is None or node.kind == NodeKind.HEAD_OFFICE:
        return rows
    own = Q(pk=node.project_id) if node.project_id else Q(node__region=node.region_id)
    return rows.filter(own)


def receiver_of(project: Project, kind: str) -> User | None:
    """Return who takes up a remark: the officer of the project, else the nearest of the service."""
    officer = officer_of(project, kind)
    if officer is not None:
        return officer
    for place in (project.node, project.node.parent):
        people = staff_under(place).filter(role__in=SERVICE) if place is not None else None
        found = None if people is None else people.order_by("-role", "pk").first()
        if found is not None:
            return found
    return None


@transaction.atomic
def note_remark(*, heard: Heard, actor: User, now: datetime) -> Remark:
    """Open a ticket for what a customer said and return the remark; the same key gives the first.

    Raise ExperienceRefusedError without words and for a project that is not the colleague's.
    """
    words = clean_lines(heard.text)[:2000]
    if not words or heard.kind not in KINDS:
        raise ExperienceRefusedError(_("Write down what the customer said."))
    if not projects_of(actor).filter(pk=heard.project.pk).exists():
        raise ExperienceRefusedError(_("Choose one of your projects."))
    receiver = receiver_of(heard.project, heard.kind)
    source_id = f"{actor.pk}-{heard.key}" if heard.key else ""
    draft = TicketDraft(
        kind=heard.kind,
        project=heard.project,
        subject=clean_text(words)[:60],
        body=words,
        channel="visit",
        stage=Stage.AFTER_SALE.value,
        contact_name=clean_text(heard.contact_name)[:80],
        contact_phone=heard.contact_phone,
        first_responder=receiver,
        source=SOURCE if source_id else "",
        source_id=source_id,
    )
    ticket = open_ticket(draft, actor=actor, now=now)
    known: Remark | None = Remark.objects.filter(ticket=ticket).first()
    if known is not None:
        return known
    remark = Remark.objects.create(author=actor, ticket=ticket, text=words)
    record(kind="remark.noted", actor=actor, subject=("remark", remark.pk), facts={}, now=now)
    return remark


def tell_author(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Tell the author of a remark that its ticket ended, once for each end."""
    if event.to_state not in ENDED:
        return
    remark: Remark | None = Remark.objects.select_related("author").filter(ticket=ticket).first()
    if remark is None or not remark.author.is_active:
        return
    remark.told_at = now
    remark.save(update_fields=["told_at", "updated_at"])
    send(
        kind=OUTCOME,
        recipient=remark.author,
        subject=("remark", remark.pk),
        params={"number": ticket.number},
        key=f"remark:{remark.pk}:{event.pk}",
        now=now,
    )


def register() -> None:
    """Make the message of the outcome known."""
    declare_message(
        MessageKind(
            key=OUTCOME,
            label=gettext_lazy("The outcome of a remark of yours"),
            title=gettext_lazy("The remark you noted (%(number)s) has its outcome"),
            body=gettext_lazy("Open it to read what came of it."),
            url_name="service:remark-list",
            icon="msg",
        )
    )
