"""Bringing an enquiry to the staff level that answers it (CUS-14, CUS-48)."""

import datetime as dt

from django.utils.translation import gettext as _

from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import Customer, CustomerGrade, Lead, LeadClock
from customers.rules.axes import TaskKind
from customers.rules.followups import INNER_LIMIT
from customers.rules.packages import Band
from customers.rules.reminders import Audience
from customers.rules.responses import Cell, Level, cell_for
from customers.service_policy import MATRIX, PACKAGES, ServicePackage, ServicePackages
from customers.services.changing_hands import BY_JOB, SHARED_OUT, give, handover
from customers.services.responsible import above, fewest_leads, specialist_of
from customers.services.tasks import TaskEntry, create_task

RESPONSE = "response"


def packages(now: dt.datetime) -> ServicePackages:
    """Return the service packages in force."""
    found: ServicePackages = in_force(PACKAGES, at=now).value
    return found


def package_of(customer: Customer, *, now: dt.datetime) -> tuple[Band, ServicePackage] | None:
    """Return the band and package of a customer; ``None`` before the first grading."""
    graded = CustomerGrade.objects.filter(customer=customer.pk).values_list("grade", flat=True)
    return packages(now).package(grade=graded.first(), customer_class=customer.customer_class)


def rated_cell(*, complexity: str, urgency: str, now: dt.datetime) -> Cell | None:
    """Return the level and limit of an enquiry rated on both axes (CUS-48)."""
    if not (complexity and urgency):
        return None
    return cell_for(in_force(MATRIX, at=now).value.cells, complexity=complexity, urgency=urgency)


def route(*, lead: Lead, customer: Customer, actor: User | None, now: dt.datetime) -> User | None:
    """Give a rated enquiry to somebody of its level, as a task due with its limit; return who.

    A customer nobody is responsible for goes to a senior consultant where that level answers.
    ``None`` where the enquiry is not rated or nobody of the level is there: it waits in the pool.
    """
    if not lead.level:
        return None
    person = _person(Level(lead.level), lead, customer, actor=actor, now=now)
    limit = LeadClock.objects.filter(lead=lead, kind=INNER_LIMIT).first()
    if person is None or limit is None or limit.due_at <= now:
        return person
    entry = TaskEntry(
        title=_("Answer the enquiry"),
        due_at=limit.due_at,
        owner=person,
        customer=customer,
        lead=lead,
        kind=TaskKind.CALL,
        source=RESPONSE,
        source_id=str(lead.pk),
    )
    create_task(entry=entry, actor=actor, now=now)
    return person


def _person(
    level: Level, lead: Lead, customer: Customer, *, actor: User | None, now: dt.datetime
) -> User | None:
    owner = customer.owner
    if level is Level.FRONT_DESK:
        return owner
    if level is Level.SPECIALIST:
        return specialist_of(customer) or above(customer, Audience.SUPERVISOR) or owner
    if level is Level.MANAGER:
        return above(customer, Audience.MANAGER) or owner
    seniors = packages(now).seniors
    if owner is not None:
        is_senior = owner.username in seniors
        return owner if is_senior else above(customer, Audience.SUPERVISOR) or owner
    return _to_senior(lead, customer, seniors, actor=actor, now=now)


def _to_senior(
    lead: Lead,
    customer: Customer,
    seniors: tuple[str, ...],
    *,
    actor: User | None,
    now: dt.datetime,
) -> User | None:
    """Give a customer without an owner to the senior consultant with the fewest open leads."""
    found = fewest_leads(
        User.objects.filter(
            is_active=True,
            role="consultant",
            username__in=seniors,
            node__project_id=customer.project_id,
        )
    )
    if found is None or customer.project_id is None:
        return above(customer, Audience.SUPERVISOR)
    change = handover(reason=BY_JOB, actor=actor, now=now, kind=SHARED_OUT)
    give([customer.pk], owner=found, change=change)
    customer.refresh_from_db()
    lead.refresh_from_db()
    return found
