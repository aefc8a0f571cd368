"""The list of arrears equals schedule minus receipts; reminders come once (CUS-70)."""

from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.outbox.models import Message
from customers.models import PaymentReminder, Purchase
from customers.payment.selectors import balance_of
from customers.payment.services.reminding import remind_payments
from customers.payment.tasks import remind_payments as job
from customers.purchase.services.advancing import sign
from tests.factories import CustomerFactory, UserFactory
from tests.payment.conftest import day, subscribed_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(make_units, seller, plan, pay) -> list[Purchase]:
    """Five purchases: paid in time, two late since different days, one partly, one not due."""
    units = make_units(9)
    made = []
    for number, unit in enumerate(units[:5]):
        purchase = subscribed_by(seller, unit, CustomerFactory(owner=seller, name=f"客户{number}"))
        made.append(sign(purchase=purchase, contract_no=f"HT-{number}", actor=seller, now=now()))
    paid, late, later, partly, early = made
    plan(paid, (400_000, -40), (600_000, 10))
    pay(paid, 400_000, "SJ-1")
    plan(late, (400_000, -40), (600_000, -5))
    plan(later, (400_000, -100), (600_000, -95))
    pay(later, 400_000, "SJ-2")
    plan(partly, (400_000, -20), (600_000, -10))
    pay(partly, 400_000, "SJ-3")
    pay(partly, 100_000, "SJ-4")
    plan(early, (1_000_000, 0))
    return made


def now():
    return timezone.now()


@pytest.mark.spec("CUS-70")
def test_the_list_of_arrears_equals_schedule_minus_receipts(client_for, several, seller, cashier):
    paid, late, later, partly, early = several
    for user in (seller, cashier):
        page = client_for(user).get("/purchases/arrears/")
        rows = {row.pk: row for row, _days in page.context["rows"]}
        assert list(rows) == [later.pk, late.pk, partly.pk]  # the longest late first
        for purchase in several:
            figures = balance_of(purchase, today=timezone.localdate())
            row = rows.get(purchase.pk)
            assert (row.arrears if row else 0) == figures.arrears
            assert (row.late_since if row else None) == figures.late_since
        assert [rows[one.pk].arrears for one in (late, later, partly)] == [
            Decimal(1_000_000),
            Decimal(600_000),
            Decimal(500_000),
        ]
        assert page.context["total"] == Decimal(2_100_000)
        text = page.content.decode()
        assert f"/purchases/{late.pk}/payments/" in text
        assert "¥1,000,000" in text
        assert paid.customer.name not in text
        assert early.customer.name not in text
    detail = client_for(seller).get(f"/purchases/{late.pk}/payments/")
    assert detail.context["balance"].arrears == Decimal(1_000_000)


@pytest.mark.parametrize(("age", "found"), [("30", [3]), ("90", [1]), ("more", [2])])
def test_arrears_are_filtered_by_age(client_for, several, seller, age, found):
    page = client_for(seller).get(f"/purchases/arrears/?age={age}")
    assert [row.pk for row, _days in page.context["rows"]] == [several[n].pk for n in found]
    assert page.context["total"] == sum(row.arrears for row, _days in page.context["rows"])


def test_arrears_are_filtered_by_project_and_kept_from_others(client_for, several, boss, org):
    browser = client_for(boss)
    page = browser.get(f"/purchases/arrears/?project={several[0].project_id}")
    assert len(page.context["rows"]) == 3
    assert browser.get("/purchases/arrears/?project=999999").status_code == 422
    stranger = client_for(UserFactory(node=org.team_b)).get("/purchases/arrears/")
    assert (stranger.context["rows"], stranger.context["total"]) == ([], None)
    marketing = client_for(UserFactory(role="marketing", node=org.project_one.node))
    assert marketing.get("/purchases/arrears/").status_code == 403


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_asks_as_often_for_one_as_for_many(
    client_for, make_units, seller, plan, number, django_assert_max_num_queries
):
    for unit in make_units(number):
        plan(subscribed_by(seller, unit, CustomerFactory(owner=seller)), (1_000_000, -3))
    browser = client_for(seller)
    browser.get("/purchases/arrears/")
    with django_assert_max_num_queries(14):
        page = browser.get("/purchases/arrears/")
    assert len(page.context["rows"]) == number


def test_the_purchase_and_the_record_say_it(client_for, several, seller):
    late = several[1]
    browser = client_for(seller)
    assert "有欠款" in browser.get(f"/purchases/{late.pk}/").content.decode()
    record = browser.get(f"/customers/{late.customer_id}/").content.decode()
    assert "¥1,000,000" in record
    paid = browser.get(f"/customers/{several[0].customer_id}/").content.decode()
    assert "收款 · " in paid  # the timeline
    assert "SJ-1" in paid


def test_reminders_come_before_and_after_once_each(several, seller):
    late, partly = several[1], several[3]
    assert job() == {"instalments": 5, "mortgages": 0}
    assert remind_payments(now=now()) == 0
    steps = set(PaymentReminder.objects.values_list("instalment__plan__purchase", "step"))
    _paid, _late, later, _partly, early = several
    assert steps == {
        (late.pk, "late-30"),
        (late.pk, "late-1"),
        (later.pk, "late-30"),
        (partly.pk, "late-7"),
        (early.pk, "before"),
    }
    inside = Message.objects.filter(recipient=seller, kind="payment.late")
    assert inside.filter(subject_id=str(late.pk)).count() == 2
    outside = Message.objects.filter(addressee_kind="customer", subject_id=str(late.pk))
    assert {(row.kind, row.channel, row.purpose) for row in outside} == {
        ("customer.payment_late", "sms", "contact")
    }
    assert outside.count() == 2


def test_another_day_is_called_up_anew_and_a_paid_one_never(subscribed, plan, pay, seller):
    from customers.payment.services.planning import Draft, Line, set_plan

    made = plan(subscribed, (1_000_000, 3))
    assert remind_payments(now=now()) == 1
    lines = [Line(label="全款", amount=Decimal(1_000_000), due_on=day(5))]
    draft = Draft(method="full", lines=lines, version=made.version)
    set_plan(purchase=subscribed, draft=draft, actor=seller, now=now())
    assert remind_payments(now=now()) == 1
    pay(subscribed, 1_000_000, "SJ-1")
    PaymentReminder.objects.all().delete()
    assert remind_payments(now=now()) == 0
