"""Who does something for a customer: the owner, those beside and those above."""

from django.db.models import Count, Q, QuerySet

from crm_site.staff.models import User
from customers.models import Customer
from customers.rules.axes import OPEN_LEAD_STATES, TaskState
from customers.rules.playbooks import StepRole
from customers.rules.reminders import Audience
from customers.services.notices import Line

_OPEN_LEADS = Q(leads__state__in=[state.value for state in OPEN_LEAD_STATES])


def person_for(role: StepRole, customer: Customer) -> User | None:
    """Return who fills ``role`` for ``customer``; where it is empty the owner, else nobody."""
    owner = customer.owner if customer.owner and customer.owner.is_active else None
    if role is StepRole.BACKUP and customer.backup and customer.backup.is_active:
        return customer.backup
    if role is StepRole.SUPERVISOR:
        return above(customer, Audience.SUPERVISOR) or owner
    if role is StepRole.SPECIALIST:
        return specialist_of(customer) or owner
    return owner


def above(customer: Customer, audience: Audience) -> User | None:
    """Return the first of the line above the customer's owner, or above its place."""
    subject = customer.owner or customer
    told = Line.above([subject]).told(subject, audience)
    return next((user for user in told if user != customer.owner), None)


def specialist_of(customer: Customer) -> User | None:
    """Return the customer specialist of the project with the fewest open tasks."""
    if customer.project_id is None:
        return None
    people = User.objects.filter(
        is_active=True, role="specialist", node__project_id=customer.project_id
    )
    return least_busy(people)


def least_busy(people: QuerySet[User]) -> User | None:
    """Return the one with the fewest open tasks; of equals the one who is here longest."""
    is_open = Q(tasks__state=TaskState.OPEN.value)
    return people.annotate(busy=Count("tasks", filter=is_open)).order_by("busy", "pk").first()


def fewest_leads(people: QuerySet[User]) -> User | None:
    """Return the one with the fewest open leads; of equals the one who is here longest."""
    return people.annotate(load=Count("leads", filter=_OPEN_LEADS)).order_by("load", "pk").first()
