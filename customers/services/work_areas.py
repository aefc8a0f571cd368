"""The kinds of open work that hang on a person: what blocks leaving, and how it moves (CUS-50)."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm_site.registers.models import RegisterEntry
from crm_site.registers.services.moving import move_open_entries
from crm_site.staff.models import User
from customers.models import Customer, Lead, Meeting, OwnershipEvent, Task, UpkeepPlan
from customers.services.changing_hands import give_leads, give_tasks
from customers.services.handing_over import Move, WorkArea, customers_of, register_work_area


def _backups(user: User) -> QuerySet[Customer]:
    found: QuerySet[Customer] = Customer.objects.filter(backup=user, merged_into__isnull=True)
    return found


def _move_backups(move: Move) -> int:
    """Let the receiver stand in, or nobody where the receiver is the owner."""
    if move.customer_ids is not None:
        return 0
    rows = list(
        _backups(move.leaver)
        .select_for_update(of=("self",))
        .order_by("pk")
        .values_list("pk", "owner_id")
    )
    taken = [pk for pk, owner in rows if owner != move.receiver.pk]
    Customer.objects.filter(pk__in=[pk for pk, _owner in rows]).update(backup=None)
    Customer.objects.filter(pk__in=taken).update(backup=move.receiver)
    OwnershipEvent.objects.bulk_create(
        OwnershipEvent(
            customer_id=pk,
            from_owner=move.leaver,
            to_owner=move.receiver if pk in taken else None,
            is_backup=True,
            kind=move.change.kind,
            reason=move.change.reason,
            actor=move.change.actor,
            at=move.change.now,
        )
        for pk, _owner in rows
    )
    return len(rows)


def _leads(user: User) -> QuerySet[Lead]:
    found: QuerySet[Lead] = Lead.objects.open().filter(owner=user)
    return found


def _move_leads(move: Move) -> int:
    """Move what is left: leads at customers of other people. The others follow their customer."""
    if move.customer_ids is not None:
        return 0
    return give_leads(_leads(move.leaver), owner=move.receiver, change=move.change)


def _tasks(user: User) -> QuerySet[Task]:
    found: QuerySet[Task] = Task.objects.open().filter(owner=user)
    return found


def _move_tasks(move: Move) -> int:
    if move.customer_ids is not None:
        return 0
    keys = list(_tasks(move.leaver).order_by("pk").values_list("pk", flat=True))
    rows = [(pk, move.leaver.pk) for pk in keys]
    return give_tasks(rows, owner=move.receiver, change=move.change)


def _meetings(user: User) -> QuerySet[Meeting]:
    found: QuerySet[Meeting] = Meeting.objects.filter(owner=user, state="planned")
    return found


def _move_meetings(move: Move) -> int:
    planned = _meetings(move.leaver)
    if move.customer_ids is not None:
        guests = Meeting.objects.filter(guests__customer__in=move.customer_ids)
        planned = planned.filter(pk__in=guests.values("pk"))
    return planned.update(owner=move.receiver, updated_at=move.change.now)


def _upkeep(user: User) -> QuerySet[UpkeepPlan]:
    return UpkeepPlan.objects.filter(person=user, is_active=True)


def _move_upkeep(move: Move) -> int:
    plans = _upkeep(move.leaver)
    if move.customer_ids is not None:
        plans = plans.filter(customer__in=move.customer_ids)
    return plans.update(person=move.receiver, updated_at=move.change.now)


def _promises(user: User) -> int:
    return RegisterEntry.objects.open().filter(owner=user).count()


def _move_promises(move: Move) -> int:
    return move_open_entries(
        from_user=move.leaver,
        to_user=move.receiver,
        subject_ids=move.customer_ids,
        actor=move.change.actor,
        now=move.change.now,
    )


AREAS = (
    WorkArea("customers", _("Customers"), lambda user: customers_of(user).count(), lambda move: 0),
    WorkArea("backups", _("Customers as backup"), lambda u: _backups(u).count(), _move_backups),
    WorkArea("leads", _("Open leads"), lambda user: _leads(user).count(), _move_leads),
    WorkArea("tasks", _("Open tasks"), lambda user: _tasks(user).count(), _move_tasks),
    WorkArea("meetings", _("Planned meetings"), lambda u: _meetings(u).count(), _move_meetings),
    WorkArea("upkeep", _("Upkeep plans"), lambda user: _upkeep(user).count(), _move_upkeep),
    WorkArea("promises", _("Open promises"), _promises, _move_promises),
)


def register() -> None:
    """Make every kind of work of this app known."""
    for area in AREAS:
        register_work_area(area)
