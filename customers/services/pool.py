"""Into the pool and out of it: silence, warnings, claims (CUS-52).

Taking a customer is one conditional UPDATE, whose row count decides: of two who ask at once one
wins. The quota counts claims, not what is still owned, so that taking and giving back slips by
nobody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.errors import AlreadyTakenError, NotAssignableError, OwnerChangedError
from customers.models import ConsentEvent, Customer, Interaction, Lead, OwnershipEvent
from customers.pool_policies import POOL, PoolRules
from customers.rules.axes import Result
from customers.rules.consent import Purpose
from customers.rules.days import end_of_day
from customers.rules.pool import STAYING_STATES
from customers.services.changing_hands import (
    CLAIMED,
    FROM_POOL,
    RECYCLED,
    RETURNED,
    Handover,
    follow,
    give,
    handover,
    owner_columns,
)
from customers.services.ownership import OWNING_ROLES, assignable_to, has_room

RECENTLY = timedelta(hours=1)


def pool_rules(now: datetime) -> PoolRules:
    """Return the rules of the pool in force at ``now``."""
    rules: PoolRules = in_force(POOL, at=now).value
    return rules


def may_take(user: User, customer: Customer) -> bool:
    """Return whether the pages offer ``user`` to take this customer out of the pool."""
    if customer.owner_id is not None or user.node is None or user.role not in OWNING_ROLES:
        return False
    is_same_project = user.node.project_id == customer.project_id is not None
    return is_same_project and user.has_perm("customers.work_tasks")


def offered(now: datetime) -> Q:
    """Return the condition of customers that the pool offers: none who asked to be left alone."""
    return Q(hidden_until__isnull=True) | Q(hidden_until__lte=now)


def cooling_down(user: User, *, now: datetime, rules: PoolRules) -> Exists:
    """Return the condition of customers that ``user`` lost to the pool too short a time ago."""
    since = now - timedelta(days=rules.cooldown_days)
    return Exists(
        OwnershipEvent.objects.filter(
            customer=OuterRef("pk"),
            from_owner=user,
            is_backup=False,
            kind__in=[RECYCLED, RETURNED],
            at__gt=since,
        )
    )


def is_cooling_down(customer: Customer, *, user: User, now: datetime) -> bool:
    """Return whether ``user`` lost this customer to the pool too short a time ago."""
    condition = cooling_down(user, now=now, rules=pool_rules(now))
    return Customer.objects.filter(condition, pk=customer.pk).exists()


def claims_left(user: User, *, now: datetime) -> int:
    """Return how many more customers ``user`` may take today (Beijing time)."""
    claims = OwnershipEvent.objects.filter(
        to_owner=user, kind=CLAIMED, at__gte=end_of_day(now) - timedelta(days=1)
    )
    return max(0, pool_rules(now).claims_per_day - claims.count())


@transaction.atomic
def take_from_pool(*, customer: Customer, actor: User, now: datetime) -> Customer:
    """Make ``actor`` the owner of a pool customer of the same project; the first one gets it.

    Raise ``AlreadyTakenError`` when it has an owner by now, ``NotAssignableError`` where the actor
    cannot own customers of that project, lost it too short a time ago, has taken as many as a day
    allows or has as many open prospects as one may have.
    """
    if not assignable_to(None).filter(pk=actor.pk, node__project_id=customer.project_id).exists():
        raise NotAssignableError()
    rules = pool_rules(now)
    change = handover(reason=FROM_POOL, actor=actor, now=now, kind=CLAIMED)
    if not _seize(customer.pk, actor=actor, change=change, rules=rules):
        raise _why_not(customer.pk, actor=actor, now=now, rules=rules)
    # The account is held before its claims are counted, so that two at once cannot exceed them.
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=actor.pk)
    if claims_left(actor, now=now) == 0:
        raise NotAssignableError(
            _("You have taken %(cap)s customers today, as many as a day allows.")
            % {"cap": rules.claims_per_day}
        )
    if not has_room(actor, now=now):
        raise NotAssignableError(_("You have as many open prospects as one person may have."))
    follow({customer.pk: None}, owner=actor, change=change)
    record(kind="customer.taken", actor=actor, subject=("customer", customer.pk), facts={}, now=now)
    return Customer.objects.get(pk=customer.pk)


def _seize(pk: int, *, actor: User, change: Handover, rules: PoolRules) -> bool:
    """Write the owner if the pool still offers the customer; return whether it did."""
    waiting = Customer.objects.filter(
        offered(change.now),
        ~cooling_down(actor, now=change.now, rules=rules),
        pk=pk,
        owner__isnull=True,
        merged_into__isnull=True,
    )
    return bool(waiting.update(**owner_columns(actor, change=change)))


def _why_not(pk: int, *, actor: User, now: datetime, rules: PoolRules) -> Exception:
    customer = Customer.objects.select_related("owner").filter(pk=pk).first()
    if customer is None or customer.merged_into_id is not None:
        return OwnerChangedError()
    if customer.owner is not None:
        return AlreadyTakenError(customer.owner.name, is_own=customer.owner_id == actor.pk)
    if customer.hidden_until is not None and customer.hidden_until > now:
        return NotAssignableError(_("This customer does not want to be called for a while."))
    return NotAssignableError(
        _("You lost this customer to the pool. For %(days)s days somebody else may take it.")
        % {"days": rules.cooldown_days}
    )


def taken_meanwhile(*, customer_id: int, user: User, now: datetime) -> AlreadyTakenError | None:
    """Return who was faster, if ``user`` could have taken the customer within the last hour.

    The pool of one's own project is what one has seen, so this tells nothing one did not know.
    """
    if user.node is None or user.node.project_id is None or user.role not in OWNING_ROLES:
        return None
    event = (
        OwnershipEvent.objects.filter(
            customer=customer_id,
            customer__merged_into__isnull=True,
            from_owner__isnull=True,
            to_owner__isnull=False,
            is_backup=False,
            kind=CLAIMED,
            to_owner__node__project_id=user.node.project_id,
            at__gt=now - RECENTLY,
        )
        .select_related("to_owner")
        .order_by("-at", "-pk")
        .first()
    )
    if event is None or event.to_owner is None:
        return None
    return AlreadyTakenError(event.to_owner.name, is_own=event.to_owner_id == user.pk)


def return_many(ids: Iterable[int], *, change: Handover, wants_quiet: bool = False) -> list[int]:
    """Put locked customers into the pool; those close to a contract stay. Return who went.

    Whoever refused clearly, withdrew the consent to be contacted, or (``wants_quiet``) complained
    is not offered for the days of the policy.
    """
    going = list(may_fall(Customer.objects.filter(pk__in=ids)).values_list("pk", flat=True))
    give(going, owner=None, change=change)
    _hide(going, now=change.now, everybody=wants_quiet)
    return going


def may_fall(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Return those of ``customers`` without a subscription or a contract."""
    bound = Lead.objects.filter(customer=OuterRef("pk"), state__in=STAYING_STATES)
    return customers.filter(~Exists(bound))


def _hide(ids: list[int], *, now: datetime, everybody: bool) -> None:
    days = pool_rules(now).hidden_days
    if not days:
        return
    span = timedelta(days=days)
    if everybody:
        Customer.objects.filter(pk__in=ids).update(hidden_until=now + span)
        return
    refused = Interaction.objects.filter(
        customer__in=ids, result=Result.REFUSED.value, at__gt=now - span
    )
    last: dict[int, datetime] = {}
    for pk, at in [*refused.values_list("customer_id", "at"), *_withdrawn(ids)]:
        last[pk] = max(at, last.get(pk, at))
    hidden = [Customer(pk=pk, hidden_until=at + span) for pk, at in last.items() if at + span > now]
    Customer.objects.bulk_update(hidden, ["hidden_until"])


def _withdrawn(ids: list[int]) -> list[tuple[int, datetime]]:
    """Return the customers whose newest word on being contacted is no, with its moment."""
    newest = (
        ConsentEvent.objects.filter(customer__in=ids, purpose=Purpose.CONTACT.value)
        .order_by("customer", "-at", "-pk")
        .distinct("customer")
        .values_list("customer_id", "at", "is_given")
    )
    return [(pk, at) for pk, at, is_given in newest if not is_given]


def with_silence(customers: QuerySet[Customer]) -> QuerySet[Any]:
    """Annotate ``silent_since``: the last talk, or when the owner became responsible if later.

    Only talks count: an edit, a failed call or a note changes neither moment.
    """
    return customers.annotate(silent_since=Greatest("last_contact_at", "owned_since"))
