"""Who is responsible for a customer: assigning it, and taking the owner away (CUS-49)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from crm_site.staff.rules.roles import ROLES
from customers.errors import NotAssignableError, OverCapError, OwnerChangedError, fault
from customers.models import Customer, OwnershipEvent
from customers.services.changing_hands import (
    RETURNED,
    Handover,
    give,
    handover,
    ownership_rules,
)
from customers.services.workload import open_prospects

OWNING_ROLES = [
    key
    for key, role in ROLES.items()
    if "customers.change_customer" in role.may and role.scope in (Scope.OWN, Scope.TEAM)
]


def assignable_to(actor: User | None) -> QuerySet[User]:
    """Return the active consultants and supervisors to whom ``actor`` may give customers."""
    owners = User.objects.filter(is_active=True, role__in=OWNING_ROLES, node__isnull=False)
    return owners if actor is None else within_reach(owners, actor)


def within_reach(users: QuerySet[User], actor: User) -> QuerySet[User]:
    """Return those of ``users`` who work where ``actor`` sees customers; oneself in own scope."""
    scope, node = actor.role_definition.scope, actor.node
    if scope is Scope.COMPANY:
        return users
    if node is None or scope is Scope.NONE:
        return users.none()
    column = {
        Scope.REGION: Q(node__region_id=node.region_id),
        Scope.PROJECT: Q(node__project_id=node.project_id),
        Scope.TEAM: Q(node_id=node.pk),
    }
    return users.filter(column.get(scope, Q(pk=actor.pk)))


@transaction.atomic
def assign_customer(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    customer: Customer,
    owner: User,
    actor: User | None,
    reason: str,
    now: datetime,
    backup: User | None = None,
    over_cap: bool = False,
) -> Customer:
    """Make ``owner`` responsible, its leads and the former owner's open tasks included.

    ``backup`` stands in; without one the former backup stays unless it becomes the owner. Return
    the customer as it stands. Raise ``OwnerChangedError`` when its owner is no longer the one that
    ``customer`` was read with, ``NotAssignableError`` for people outside the actor's reach and for
    pool customers that the rules of the pool keep from ``owner`` (CUS-52), ``OverCapError`` when
    ``owner`` has as many open prospects as allowed and ``over_cap`` does not say so be it (CUS-51).
    """
    if actor is not None and not reason.strip():
        raise fault("reason", "required")
    chosen = {owner.pk} | ({backup.pk} if backup else set())
    if assignable_to(actor).filter(pk__in=chosen).count() != len(chosen):
        raise NotAssignableError()
    if backup is not None and backup.pk == owner.pk:
        raise NotAssignableError(_("The backup must be somebody else than the owner."))
    before = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if before.owner_id != customer.owner_id:
        raise OwnerChangedError()
    if before.owner_id != owner.pk:
        check_assignment([before.pk], owner=owner, now=now, over_cap=over_cap)
    change = handover(reason=reason.strip(), actor=actor, now=now)
    give([before.pk], owner=owner, change=change)
    _set_backup(before, owner=owner, backup=backup, change=change)
    record(
        kind="customer.assigned",
        actor=actor,
        subject=("customer", before.pk),
        reason=reason,
        facts={"from": before.owner_id, "to": owner.pk, "backup": backup.pk if backup else None}
        | ({"over_cap": True} if over_cap else {}),
        now=now,
    )
    return Customer.objects.select_related("owner", "backup").get(pk=before.pk)


def check_assignment(
    ids: Iterable[int], *, owner: User, now: datetime, over_cap: bool = False
) -> None:
    """Raise unless these locked customers may be given to ``owner`` by hand, one or many alike.

    From the pool nobody gets a customer back within the cool-down, and nobody one that does not
    want to be called (``NotAssignableError``, CUS-52); beyond the cap of open prospects a
    supervisor has to confirm (``OverCapError``, CUS-51).
    """
    from customers.services.pool import cooling_down, offered, pool_rules

    keys = list(ids)
    waiting = Customer.objects.in_pool().filter(pk__in=keys)
    if waiting.exclude(offered(now)).exists():
        raise NotAssignableError(_("This customer does not want to be called for a while."))
    rules = pool_rules(now)
    if waiting.filter(cooling_down(owner, now=now, rules=rules)).exists():
        raise NotAssignableError(
            _("%(name)s lost this customer to the pool less than %(days)s days ago.")
            % {"name": owner.name, "days": rules.cooldown_days}
        )
    if not over_cap and not has_room(owner, now=now, more=len(keys)):
        raise OverCapError(owner.name, cap=ownership_rules(now).open_cap)


def has_room(owner: User, *, now: datetime, more: int = 1) -> bool:
    """Return whether ``owner`` stays within the cap of open prospects with ``more`` of them."""
    open_now = open_prospects([owner.pk]).get(owner.pk, 0)
    return open_now + more <= ownership_rules(now).open_cap


@transaction.atomic
def return_to_pool(
    *, customer: Customer, actor: User | None, reason: str, now: datetime, wants_quiet: bool = False
) -> None:
    """Take the owner away, so that the customer waits in the pool of its project.

    With ``wants_quiet`` (a complaint, a wish not to be called) it is not offered there for the days
    of the policy. Raise ``NotAssignableError`` for customers with a subscription or a contract.
    """
    from customers.services.pool import return_many

    if not reason.strip():
        raise fault("reason", "required")
    locked = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if locked.owner_id != customer.owner_id or locked.owner_id is None:
        raise OwnerChangedError()
    change = handover(reason=reason.strip(), actor=actor, now=now, kind=RETURNED)
    if not return_many([locked.pk], change=change, wants_quiet=wants_quiet):
        raise NotAssignableError(
            _("A customer with a subscription or a contract cannot go to the pool. Assign it.")
        )
    record(
        kind="customer.returned",
        actor=actor,
        subject=("customer", locked.pk),
        reason=reason,
        facts={"from": locked.owner_id},
        now=now,
    )


def _set_backup(customer: Customer, *, owner: User, backup: User | None, change: Handover) -> None:
    if backup is None or backup.pk == customer.backup_id:
        return
    Customer.objects.filter(pk=customer.pk).update(backup=backup)
    OwnershipEvent.objects.create(
        customer=customer,
        from_owner_id=customer.backup_id,
        to_owner=backup,
        is_backup=True,
        kind=change.kind,
        reason=change.reason,
        actor=change.actor,
        at=change.now,
    )
