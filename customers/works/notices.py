"""Progress notices: drafted when a node is reached, signed, told to signed customers (SVC-75)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval
from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.staff.models import User
from customers.models import Customer
from customers.models.project import Project
from customers.property.launching import store_photo
from customers.property.models import Building, ProofPhoto
from customers.purchase.models import PurchaseParty
from customers.purchase.rules import PurchaseState
from customers.services.delivering import register_delivery
from customers.services.telling import Letter, channels_for, note_told, tell
from customers.services.texts import check_words
from customers.works.models import ProgressNotice
from customers.works.rules import NoticeState

KIND: Final = "progress.notice"
SUBJECT: Final = "progress-notice"
WRITE, SIGN = "customers.write_notices", "customers.approve_notices"
SIGNED = (PurchaseState.SIGNED.value, PurchaseState.HANDED_OVER.value)
SIGNED_WITHIN: Final = timedelta(days=14)


class NoticeRefusedError(RefusedError):
    """The notice cannot be changed or sent."""

    code = "notice-refused"
    title = gettext_lazy("The notice stays as it is")


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a notice is for: all of them, and how many a message can be written to."""

    customers: list[Customer]
    reached: int

    @property
    def unreached(self) -> int:
        """How many are told by hand because no channel for messages is open to them."""
        return len(self.customers) - self.reached


def signed_customers(project: Project, building: Building | None) -> Any:
    """Return everybody whose name stands in a signed contract of the building or the project."""
    bought = Q(purchases__project=project, purchases__state__in=SIGNED)
    named = PurchaseParty.objects.filter(purchase__project=project, purchase__state__in=SIGNED)
    if building is not None:
        bought &= Q(purchases__unit__building=building)
        named = named.filter(purchase__unit__building=building)
    rows = Customer.objects.filter(bought | Q(pk__in=named.values("customer")))
    return rows.filter(merged_into__isnull=True).order_by("pk").distinct()


def audience_of(notice: ProgressNotice, *, now: datetime) -> Audience:
    """Return whom a notice is for as things stand now."""
    node = notice.node
    people = list(signed_customers(node.project, node.building))
    return Audience(people, len(channels_for(people, now=now)))


@transaction.atomic
def change_notice(
    *, notice: ProgressNotice, title: str, body: str, actor: User, now: datetime
) -> ProgressNotice:
    """Keep other words of a draft and return it; raise ValidationError against the tone."""
    check_words({"title": title, "body": body}, now=now)
    row = _draft(notice)
    row.title, row.body, row.updated_at = title.strip(), body.strip(), now
    row.save(update_fields=["title", "body", "updated_at"])
    _audit("notice.changed", row, actor, now)
    return row


@transaction.atomic
def put_photo(
    *, notice: ProgressNotice, photo: bytes, actor: User, now: datetime
) -> ProgressNotice:
    """Give a draft its photo, in place of an earlier one, and return it."""
    row = _draft(notice)
    former = row.photo
    row.photo = store_photo(data=photo, actor=actor, now=now)
    row.updated_at = now
    row.save(update_fields=["photo", "updated_at"])
    if former is not None:
        ProofPhoto.objects.filter(pk=former.pk).delete()
    _audit("notice.changed", row, actor, now)
    return row


@transaction.atomic
def submit_notice(*, notice: ProgressNotice, actor: User, now: datetime) -> ProgressNotice:
    """Ask for the signature that sends the notice and return it.

    Raise NoticeRefusedError without a photo and where nobody has signed a contract yet.
    """
    row = _draft(notice)
    if row.photo is None:
        raise NoticeRefusedError(_("Add the photo of the node first."))
    audience = audience_of(row, now=now)
    if not audience.customers:
        raise NoticeRefusedError(_("Nobody has signed a contract yet, so nobody is told."))
    content = {
        "notice": row.pk,
        "project": row.node.project.name,
        "node": str(row.node),
        "title": row.title,
        "body": row.body,
        "photo": row.photo.digest,
        "customers": len(audience.customers),
    }
    asked = Asked(kind=KIND, title=row.title, content=content, subject=(SUBJECT, row.pk), reason="")
    row.approval = request_approval(asked=asked, requester=actor, now=now)
    row.state, row.updated_at = NoticeState.WAITING.value, now
    row.save(update_fields=["approval", "state", "updated_at"])
    _audit("notice.submitted", row, actor, now)
    return row


def decide_notice(approval: Approval, now: datetime) -> None:
    """Send a signed notice; make one that was refused, withdrawn or expired a draft again."""
    rows = ProgressNotice.objects.select_related("node__project", "node__building")
    row = rows.select_for_update(of=("self",)).filter(approval=approval).first()
    if row is None or row.state != NoticeState.WAITING:
        return
    if approval.state != Approval.State.APPROVED:
        row.state, row.approval = NoticeState.DRAFT.value, None
        row.save(update_fields=["state", "approval"])
        return
    letter = Letter(
        kind=KIND,
        key=f"progress:{row.pk}",
        subject=(SUBJECT, row.pk),
        params={"title": row.title, "body": row.body},
    )
    row.told = tell(letter, signed_customers(row.node.project, row.node.building), now=now)
    row.state, row.sent_at = NoticeState.SENT.value, now
    row.save(update_fields=["told", "state", "sent_at"])
    _audit("notice.sent", row, None, now)


def described(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return a notice in words for who signs it."""
    return [
        (_("Project"), content["project"]),
        (_("Node"), content["node"]),
        (_("Title"), content["title"]),
        (_("Text"), content["body"]),
        (_("Customers who are told"), content["customers"]),
    ]


def register() -> None:
    """Make message, approval and delivery of notices known."""
    declare_message(MessageKind(key=KIND, title="%(title)s", body="%(body)s", channels=()))
    register_delivery(SUBJECT, note_told)
    register_approval(
        ApprovalKind(
            key=KIND,
            label=gettext_lazy("Progress notice"),
            steps=(SIGN,),
            valid_for=SIGNED_WITHIN,
            describe=described,
            request_permission=WRITE,
            on_decided=decide_notice,
        )
    )


def _draft(notice: ProgressNotice) -> ProgressNotice:
    rows = ProgressNotice.objects.select_related("node__project__node", "node__building", "photo")
    row: ProgressNotice = rows.select_for_update(of=("self",)).get(pk=notice.pk)
    if row.state != NoticeState.DRAFT:
        raise StaleError(_("The notice waits for its signature or is sent already."))
    return row


def _audit(kind: str, row: ProgressNotice, actor: User | None, now: datetime) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("project", row.node.project_id),
        facts={"notice": row.pk, "told": row.told},
        now=now,
    )
