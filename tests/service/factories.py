"""Builds tickets and their classes; valid by default."""

import factory
from factory.django import DjangoModelFactory

from service.tickets.models import Ticket, TicketCategory
from service.tickets.rules import RANKS
from tests.factories import NOW, CustomerFactory


class CategoryFactory(DjangoModelFactory[TicketCategory]):
    class Meta:
        model = TicketCategory

    kind = "complaint"
    axis = "object"
    code = factory.Sequence(lambda n: f"class-{n}")
    name = factory.Sequence(lambda n: f"质量{n}")
    process = "standard"


class TicketFactory(DjangoModelFactory[Ticket]):
    """A complaint just received; give ``project`` or a ``customer`` that has one."""

    class Meta:
        model = Ticket

    number = factory.Sequence(lambda n: f"T260520-{n:05d}x")
    kind = "complaint"
    state = "received"
    customer = factory.SubFactory(CustomerFactory)
    project = factory.LazyAttribute(lambda o: o.customer.project)
    subject = "厨房漏水"
    body = "厨房天花板漏水, 已经三天。"
    opened_at = NOW
    rank = factory.LazyAttribute(lambda o: RANKS[getattr(o, "urgency", "routine")])
    closed_at = factory.LazyAttribute(lambda o: NOW if o.state in ("closed", "cancelled") else None)
