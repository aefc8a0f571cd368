"""Offering a customer to another project, also in another city, with the credit split (CUS-53)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from customers.errors import NotAssignableError, OverCapError, SharingRefusedError, fault
from customers.models import Customer, CustomerShare, Lead, Project
from customers.pool_policies import SHARING
from customers.rules.consent import Purpose
from customers.rules.entry import CapturePoint
from customers.services.changing_hands import SHARED, give_leads, handover, ownership_rules
from customers.services.consents import has_consent
from customers.services.leads import Enquiry, capture_lead
from customers.services.ownership import assignable_to, has_room

OFFERED, ACCEPTED = CustomerShare.State.OFFERED, CustomerShare.State.ACCEPTED
DECLINED, WITHDRAWN = CustomerShare.State.DECLINED, CustomerShare.State.WITHDRAWN


def offers_to(user: User) -> QuerySet[CustomerShare]:
    """Return the open offers to the projects where ``user`` works."""
    waiting = CustomerShare.objects.filter(state=OFFERED, customer__merged_into__isnull=True)
    scope, node = user.role_definition.scope, user.node
    if not user.has_perm("customers.share_customer") or node is None or scope is Scope.NONE:
        return waiting.none()
    if scope is Scope.COMPANY:
        return waiting
    if scope is Scope.REGION:
        return waiting.filter(to_project__node__region_id=node.region_id)
    return waiting.filter(to_project=node.project_id)


def offers_from(user: User) -> QuerySet[CustomerShare]:
    """Return the offers, decided or not, of customers that ``user`` introduced or may see."""
    seen = Customer.objects.visible_to(user).values("pk")
    mine = Q(introduced_by=user)
    if user.role_definition.scope is not Scope.OWN:
        mine |= Q(customer__in=seen)
    return CustomerShare.objects.filter(mine)


@transaction.atomic
def offer_customer(
    *, customer: Customer, to_project: Project, reason: str, actor: User, now: datetime
) -> CustomerShare:
    """Offer ``customer`` to another project and tell its supervisors; return the offer.

    The owner is the introducing consultant; the split and its policy version stay with the offer.
    Raise ``EntryError`` without a reason, ``SharingRefusedError`` without the customer's consent,
    for customers of the pool, of that project already, or offered there already.
    """
    if not reason.strip():
        raise fault("reason", "required")
    locked = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    introducer = _check(locked, to_project)
    rules = in_force(SHARING, at=now)
    share = CustomerShare.objects.create(
        customer=locked,
        from_project_id=locked.project_id,
        to_project=to_project,
        introduced_by=introducer,
        introducer_share=rules.value.introducer_share,
        policy_version=rules.version,
        reason=reason.strip()[:300],
        offered_at=now,
    )
    _note("customer.offered", share, actor=actor, now=now, reason=reason)
    origin = Project.objects.filter(pk=locked.project_id).first()
    params = {"project": str(origin or ""), "reason": share.reason}
    _tell("share.offered", share, _receivers(to_project), params, now=now)
    return share


def _check(customer: Customer, to_project: Project) -> User:
    """Return the introducing consultant; raise where the customer cannot be offered there."""
    if customer.owner is None:
        raise SharingRefusedError(_("Nobody is responsible for this customer. Take it first."))
    if customer.project_id == to_project.pk:
        raise SharingRefusedError(_("The customer belongs to this project already."))
    taken = CustomerShare.objects.filter(
        customer=customer, to_project=to_project, state__in=[OFFERED, ACCEPTED]
    )
    if taken.exists():
        raise SharingRefusedError(_("The customer is offered to this project already."))
    if not has_consent(customer, Purpose.SHARING):
        raise SharingRefusedError(
            _("The customer has not agreed to be shared with other projects. Ask first.")
        )
    return customer.owner


@transaction.atomic
def accept_offer(*, share: CustomerShare, owner: User, actor: User, now: datetime) -> CustomerShare:
    """Give the customer a lead of the new project, worked on by ``owner``; history stays whole.

    The first to accept gets it (``StaleError`` for the second). Raise ``NotAssignableError`` when
    ``owner`` does not sell there, ``OverCapError`` beyond the cap, ``SharingRefusedError`` when the
    customer has withdrawn the consent since.
    """
    sellers = assignable_to(actor).select_related("node")
    found = sellers.filter(pk=owner.pk, node__project_id=share.to_project_id).first()
    if found is None:
        raise NotAssignableError()
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=share.customer_id)
    if not has_consent(customer, Purpose.SHARING):
        raise SharingRefusedError(_("The customer has withdrawn the consent to be shared."))
    _decide(share, ACCEPTED, now=now, accepted_by=found)
    if not has_room(found, now=now):
        raise OverCapError(found.name, cap=ownership_rules(now).open_cap)
    enquiry = Enquiry(
        capture_point=CapturePoint.STORE.value,
        source=customer.source,
        project=share.to_project,
        note=share.reason,
    )
    lead = capture_lead(customer=customer, enquiry=enquiry, actor=actor, now=now)
    change = handover(reason=share.reason, actor=actor, now=now, kind=SHARED)
    give_leads(Lead.objects.filter(pk=lead.pk), owner=found, change=change)
    CustomerShare.objects.filter(pk=share.pk).update(lead=lead)
    share.refresh_from_db()
    _note("customer.share_accepted", share, actor=actor, now=now)
    params = {"project": str(share.to_project), "owner": found.name}
    _tell("share.accepted", share, [share.introduced_by_id], params, now=now, of_customer=True)
    return share


@transaction.atomic
def decline_offer(
    *, share: CustomerShare, reason: str, actor: User, now: datetime
) -> CustomerShare:
    """Decline the offer, with a reason that the introducing consultant is told."""
    if not reason.strip():
        raise fault("reason", "required")
    _decide(share, DECLINED, now=now)
    _note("customer.share_declined", share, actor=actor, now=now, reason=reason)
    params = {"project": str(share.to_project), "reason": reason.strip()[:300]}
    _tell("share.declined", share, [share.introduced_by_id], params, now=now, of_customer=True)
    return share


@transaction.atomic
def withdraw_offer(*, share: CustomerShare, actor: User, now: datetime) -> CustomerShare:
    """Take an open offer back."""
    _decide(share, WITHDRAWN, now=now)
    _note("customer.share_withdrawn", share, actor=actor, now=now)
    return share


def _decide(
    share: CustomerShare, state: str, *, now: datetime, accepted_by: User | None = None
) -> None:
    """Write the decision if none was made; raise ``StaleError`` otherwise."""
    open_offer = CustomerShare.objects.filter(pk=share.pk, state=OFFERED)
    if not open_offer.update(state=state, decided_at=now, accepted_by=accepted_by):
        raise StaleError(_("Somebody has decided on this offer already. Reload."))
    share.refresh_from_db()


def _receivers(project: Project) -> list[int]:
    """Return who decides there: the supervisors, without any the consultants."""
    there = User.objects.filter(is_active=True, node__project_id=project.pk)
    for role in ("supervisor", "consultant"):
        found = list(there.filter(role=role).order_by("pk").values_list("pk", flat=True))
        if found:
            return found
    return []


def _tell(
    kind: str,
    share: CustomerShare,
    people: list[int],
    params: dict[str, str],
    *,
    now: datetime,
    of_customer: bool = False,
) -> None:
    subject = ("customer", share.customer_id) if of_customer else None
    send_many(
        [Outgoing(kind, one, f"{kind}:{share.pk}:{one}", params, subject) for one in people],
        now=now,
    )


def _note(kind: str, share: CustomerShare, *, actor: User, now: datetime, reason: str = "") -> None:
    facts = {
        "share": share.pk,
        "to": share.to_project_id,
        "introducer": share.introduced_by_id,
        "percent": str(share.introducer_share),
        "policy_version": share.policy_version,
    }
    record(
        kind=kind,
        actor=actor,
        subject=("customer", share.customer_id),
        reason=reason,
        facts=facts,
        now=now,
    )
