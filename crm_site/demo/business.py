"""What is under way in the first project: a discount and a price list to sign, letters of price.

Written through the services, so that it stands as if people had entered it.
"""

from datetime import datetime
from decimal import Decimal

from crm_site.demo.company import Company
from crm_site.staff.models import User
from customers.models import Purchase, Unit
from customers.pricing.rules import Change
from customers.pricing.selectors import price_at
from customers.pricing.services.discounts import Wish, request_discount
from customers.pricing.services.letters import Promise, issue_letter
from customers.pricing.services.lists import Repricing, create_list, price_units, submit_list
from customers.purchase.rules import PurchaseState

WISH, RAISE = Decimal("0.985"), Decimal("1.2")
REMEDY = "按差价退还，或折抵物业费"
PLAN = "先通知持有保留与认筹的客户，再通知本月到访客户；由各自顾问当面说明。"


def begin_business(company: Company, *, now: datetime) -> None:
    """Ask for what waits for signatures today, and promise two prices."""
    project = company.projects[0]
    supervisor = User.objects.get(username="supervisor")
    waiting = Purchase.objects.filter(
        project=project, state__in=[PurchaseState.HELD, PurchaseState.PRESUBSCRIBED]
    ).select_related("unit__building", "customer", "consultant__node")
    for purchase in waiting.order_by("pk")[:3]:
        unit = purchase.unit
        price = price_at(unit, at=now) if unit else None
        if unit is None or price is None:
            continue
        wish = Wish(
            asked_total=(price.public_total * WISH).quantize(Decimal(1000)),
            reason="客户本周可签约，要求与邻栋成交价持平",
        )
        request_discount(
            unit=unit, customer=purchase.customer, wish=wish, asker=purchase.consultant, now=now
        )
    signed = Purchase.objects.filter(project=project, state=PurchaseState.SUBSCRIBED)
    for purchase in signed.select_related("unit__building", "customer", "consultant")[:2]:
        if purchase.unit is not None:
            issue_letter(
                unit=purchase.unit,
                customer=purchase.customer,
                promise=Promise(days=180, remedy=REMEDY),
                actor=purchase.consultant,
                now=now,
            )
    draft = create_list(
        project=project,
        reason="三季度去化加快，一期余量上调",
        author=supervisor,
        now=now,
        message_plan=PLAN,
    )
    how = Repricing(change=Change.PERCENT, amount=RAISE)
    units = Unit.objects.filter(project=project, kind="flat", withheld_at=None)
    price_units(price_list=draft, units=units, how=how, actor=supervisor, now=now)
    submit_list(price_list=draft, actor=supervisor, now=now)
