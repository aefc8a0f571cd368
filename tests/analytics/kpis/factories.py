"""Purchases as figures need them; valid by default."""

import factory
from factory.django import DjangoModelFactory

from customers.models import Building, Unit
from customers.purchase.models import Purchase
from tests.factories import NOW


class UnitFactory(DjangoModelFactory[Unit]):
    """A flat of its own in the one building of a project."""

    class Meta:
        model = Unit

    building = factory.LazyAttribute(
        lambda o: Building.objects.get_or_create(
            project=o.project, name="9栋", defaults={"floors": 30}
        )[0]
    )
    entrance = "1"
    floor = 1
    number = factory.Sequence(lambda n: f"{n:05d}")
    forecast_area = 98


class PurchaseFactory(DjangoModelFactory[Purchase]):
    """A contract just signed for a flat of its own."""

    class Meta:
        model = Purchase

    project = factory.LazyAttribute(lambda o: o.customer.project)
    unit = factory.SubFactory(UnitFactory, project=factory.SelfAttribute("..project"))
    consultant = factory.LazyAttribute(lambda o: o.customer.owner)
    state = "signed"
    state_since = NOW
    begun_at = NOW
    signed_at = NOW
    agreed_total = 1_000_000
