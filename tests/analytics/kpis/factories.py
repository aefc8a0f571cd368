"""Purchases as figures need them; valid by default."""

import factory
from factory.django import DjangoModelFactory

from customers.models import Customer
from customers.purchase.models import Purchase
from tests.factories import NOW


class PurchaseFactory(DjangoModelFactory[Purchase]):
    """A contract just signed, of an imported unit that is not named."""

    class Meta:
        model = Purchase

    customer: Customer
    project = factory.LazyAttribute(lambda o: o.customer.project)
    consultant = factory.LazyAttribute(lambda o: o.customer.owner)
    state = "signed"
    state_since = NOW
    begun_at = NOW
    signed_at = NOW
    agreed_total = 1_000_000
