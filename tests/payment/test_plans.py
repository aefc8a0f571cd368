"""Plans of payments: templates, sums that must fit, days from the signature (CUS-70)."""

from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.policies.errors import FieldError
from customers.models import Instalment, PaymentPlan
from customers.payment.policies import PaymentRules, TemplateLine
from customers.purchase.services.advancing import sign
from customers.purchase.services.holding import hold_unit
from tests.factories import UserFactory
from tests.payment.conftest import PRICE, day

pytestmark = pytest.mark.django_db


def rows(*lines: tuple[str, str, str, str], method: str = "mortgage", version: int = 0):
    """Return the form of a plan: lines of (label, amount, days, due_on)."""
    data = {"method": method, "version": version, "rows": len(lines) + 1, "idempotency_key": "k"}
    for number, line in enumerate(lines):
        names = (f"{part}_{number}" for part in ("label", "amount", "days", "due_on"))
        data |= dict(zip(names, line, strict=True))
    return data


TWO = (("首付款", "300000", "0", ""), ("银行贷款", "700000", "60", ""))


def test_a_template_proposes_instalments_that_make_the_price(client_for, subscribed, seller):
    page = client_for(seller).get(f"/purchases/{subscribed.pk}/payments/plan/?template=分期付款")
    table = page.context["form"].table()
    amounts = [row["amount"].value() for row in table if row["amount"].value()]
    assert amounts == [Decimal(500_000), Decimal(300_000), Decimal(200_000)]
    assert "首期房款" in page.content.decode()


def test_a_plan_is_written_and_its_days_come_with_the_signature(client_for, subscribed, seller):
    url = f"/purchases/{subscribed.pk}/payments/"
    answer = client_for(seller).post(f"{url}plan/", rows(*TWO))
    assert (answer.status_code, answer["Location"]) == (302, url)
    plan = PaymentPlan.objects.get()
    assert (plan.method, plan.total, plan.version) == ("mortgage", PRICE, 1)
    lines = list(plan.instalments.order_by("position").values_list("label", "amount", "due_on"))
    assert lines == [("首付款", Decimal(300_000), None), ("银行贷款", Decimal(700_000), None)]
    sign(purchase=subscribed, contract_no="HT-9", actor=seller, now=timezone.now())
    days = plan.instalments.order_by("position").values_list("due_on", flat=True)
    assert list(days) == [day(0), day(60)]
    event = AuditEvent.objects.get(kind="payment.plan_set")
    assert (event.subject_id, event.facts["instalments"]) == (str(subscribed.pk), 2)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((("首付款", "300000", "0", ""), ("尾款", "600000", "60", "")), "¥100,000"),
        ((("首付款", "300000", "0", ""), ("尾款", "700000.01", "60", "")), "¥0.01"),
        ((("首付款", "1000000", "", ""),), "签约后天数"),
        ((("首付款", "1000000", "5", "2030-01-01"),), "签约后天数"),
        ((("", "1000000", "5", ""),), "名称"),
        ((("首付款", "-5", "5", ""),), "0.01"),
        ((), "至少填写一期"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(client_for, subscribed, seller, lines, words):
    url = f"/purchases/{subscribed.pk}/payments/plan/"
    answer = client_for(seller).post(url, rows(*lines))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not PaymentPlan.objects.exists()
    assert not Instalment.objects.exists()


def test_a_changed_plan_keeps_its_places_and_refuses_an_old_version(client_for, subscribed, seller):
    url, browser = f"/purchases/{subscribed.pk}/payments/plan/", client_for(seller)
    assert browser.post(url, rows(*TWO)).status_code == 302
    first = Instalment.objects.get(position=1)
    one = (("一次付清", "1000000", "7", ""),)
    stale = browser.post(url, rows(*one) | {"idempotency_key": "b"})
    assert stale.status_code == 422
    assert "刷新" in stale.content.decode()
    assert Instalment.objects.count() == 2
    again = browser.post(url, rows(*one, method="full", version=1) | {"idempotency_key": "c"})
    assert again.status_code == 302
    plan = PaymentPlan.objects.get()
    assert (plan.version, plan.method, plan.instalments.get().pk) == (2, "full", first.pk)


def test_without_a_price_there_is_no_plan(client_for, unit, buyer, seller, now):
    held = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    answer = client_for(seller).post(f"/purchases/{held.pk}/payments/plan/", rows(*TWO))
    assert answer.status_code == 422
    assert not PaymentPlan.objects.exists()


def test_payments_are_for_those_who_may_know_them(
    client_for, subscribed, seller, cashier, boss, org
):
    url = f"/purchases/{subscribed.pk}/payments/"
    for user in (seller, cashier, boss):
        assert client_for(user).get(url).status_code == 200
    marketing = UserFactory(role="marketing", node=org.project_one.node)
    assert client_for(marketing).get(url).status_code == 403
    stranger = UserFactory(node=org.team_b)
    assert client_for(stranger).get(url).status_code == 404
    page = client_for(marketing).get(f"/purchases/{subscribed.pk}/").content.decode()
    assert "付款计划" not in page


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((), "lines"),
        ((TemplateLine("甲", "full", "全款", Decimal(90), 0),), "lines"),
        ((TemplateLine("甲", "barter", "全款", Decimal(100), 0),), "lines"),
        ((TemplateLine("甲", "full", " ", Decimal(100), 0),), "lines"),
    ],
)
def test_templates_that_cannot_be_are_refused(lines, field):
    with pytest.raises(FieldError) as caught:
        PaymentRules(lines=lines)
    assert caught.value.field == field
