"""High value by three tests, the class that follows, the share and its drift (CUS-09)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from customers.models import ClassEvent, Customer, CustomerStanding
from customers.services.standing import SHARE_DRIFTED, refresh_standing
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory

pytestmark = pytest.mark.django_db
RICH = {"spending_power": 5, "budget_max": Decimal(9_000_000), "contribution": Decimal(5_000_000)}


def buyer(owner, now, *, rich=True, willing=True, loyal=True, owned="existing"):
    """Return a buyer who passes the chosen tests."""
    customer = CustomerFactory(
        owner=owner,
        customer_class=owned,
        stage_since=now,
        intent=3 if willing else None,
        **(RICH if rich else {}),
    )
    LeadFactory.create_batch(2 if willing or loyal else 1, customer=customer, state="signed")
    if willing:
        InteractionFactory(customer=customer, channel="visit", result="visited", at=now)
    else:
        LeadFactory._meta.model.objects.filter(customer=customer).update(state="qualified")
    if loyal:
        CustomerFactory.create_batch(3, owner=owner, referrer=customer)
        then = now - timedelta(days=3 * 365 + 1)
        Customer.objects.filter(pk=customer.pk).update(created_at=then)
    return customer


def class_of(customer):
    return Customer.objects.values_list("customer_class", flat=True).get(pk=customer.pk)


@pytest.mark.spec("CUS-09")
def test_two_of_three_are_not_high_value_and_the_tile_shows_actual_against_ten_per_cent(
    consultant, supervisor, client_for, now
):
    every = buyer(consultant, now)
    two = [
        buyer(consultant, now, rich=False),
        buyer(consultant, now, willing=False),
        buyer(consultant, now, loyal=False),
    ]
    refresh_standing(now=now)
    passed = {}
    for customer in (every, *two):
        held = CustomerStanding.objects.get(customer=customer)
        passed[customer.pk] = (held.power >= 60, held.willingness >= 60, held.loyalty >= 50)
        assert held.is_high_value == (customer == every)
    assert passed[every.pk] == (True, True, True)
    assert [passed[c.pk].count(True) for c in two] == [2, 2, 2]
    assert class_of(every) == "high_value"
    assert [class_of(customer) for customer in two] == ["existing"] * 3
    event = ClassEvent.objects.get(customer=every)
    assert (event.from_class, event.to_class, event.reason, event.is_manual) == (
        *("existing", "high_value", "value test", False),
    )
    assert AuditEvent.objects.get(kind="customers.class_changed").facts["ids"] == [every.pk]
    page = client_for(supervisor).get("/customers/standing/")
    total = Customer.objects.count()
    assert (page.context["total"].high, page.context["total"].total) == (1, total)
    text = page.content.decode()
    assert f"{100 / total:.1f} %" in text
    assert '<b id="share-anchor">10 %</b>' in text


def test_who_no_longer_passes_goes_back_and_a_class_set_by_hand_stays(consultant, now):
    falling, fixed = (buyer(consultant, now, owned="high_value", rich=False) for _ in range(2))
    Customer.objects.filter(pk=fixed.pk).update(class_is_manual=True)
    done = refresh_standing(now=now)
    assert (done.raised, done.lowered) == (0, 1)
    assert (class_of(falling), class_of(fixed)) == ("existing", "high_value")
    assert refresh_standing(now=now).lowered == 0


def test_who_has_not_bought_keeps_the_class_even_with_all_three(consultant, now):
    keen = buyer(consultant, now, owned="intent")
    refresh_standing(now=now)
    assert CustomerStanding.objects.get(customer=keen).is_high_value
    assert class_of(keen) == "intent"
    assert not ClassEvent.objects.exists()


def test_a_share_outside_the_band_is_told_once_a_month_to_the_executive_of_the_region(
    consultant, executive, supervisor, now
):
    CustomerFactory.create_batch(19, owner=consultant)
    refresh_standing(now=now)
    assert not Message.objects.filter(kind=SHARE_DRIFTED).exists()  # 19 are too few to say
    CustomerFactory(owner=consultant)
    for days in (1, 2, 3):
        refresh_standing(now=now + timedelta(days=days))
    message = Message.objects.get(kind=SHARE_DRIFTED)
    assert message.recipient == executive
    assert message.params == {"share": "0.0", "anchor": 10}
    refresh_standing(now=now + timedelta(days=40))
    assert Message.objects.filter(kind=SHARE_DRIFTED).count() == 2
    Customer.objects.filter(pk__in=Customer.objects.values("pk")[:2]).update(
        customer_class="high_value", class_is_manual=True
    )
    refresh_standing(now=now + timedelta(days=80))
    assert Message.objects.filter(kind=SHARE_DRIFTED).count() == 2  # 10 % is as expected
