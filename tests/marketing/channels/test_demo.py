"""The demo of channels: partners and commission at each state, grades, risks, daily metrics."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.marketing.channels import make_channels
from crm_site.registers.models import RegisterEntry
from customers.arbitration.rules import EventKind
from customers.arbitration.services.events import Report, note_event, report
from customers.models import VocabularyTerm
from customers.payment.selectors import received_of
from customers.payment.services.receiving import Money, receive
from customers.purchase.services.advancing import sign, subscribe
from customers.purchase.services.holding import hold_unit
from marketing.channels.models import (
    Channel,
    ChannelAppraisal,
    Commission,
    CommissionAccount,
    DailyMetric,
    LeadCode,
    LeadIntake,
    MediaPost,
    Partner,
    PartnerUser,
)
from marketing.channels.risks import RISKS
from marketing.channels.rules.kinds import PLATFORMS
from marketing.channels.rules.scorecard import quarter_before, quarter_of
from marketing.channels.services.commission import ledger_of, recomputed
from tests.factories import CustomerFactory, LeadFactory, UserFactory
from tests.journey.confirming import confirm_everything
from tests.marketing.channels.conftest import TERMS

pytestmark = pytest.mark.django_db
FIRST, SECOND = words.AGENCIES[:2]


@pytest.fixture
def claimed(project: Any, seller: Any, manager: Any) -> Any:
    """A customer that an agency reported, with its case."""

    def make(party: str, at: datetime) -> Any:
        customer = CustomerFactory(owner=seller)
        LeadFactory(customer=customer, source="agent")
        given = Report(project=project, phone=customer.phone, name=customer.name, party=party)
        [case, *_] = report(given=given, actor=manager, now=at)
        note_event(case=case, kind=EventKind.VERIFIED, party=party, actor=manager, now=at)
        return case

    return make


@pytest.fixture
def bought(claimed: Any, make_units: Any, seller: Any, manager: Any, payer: Any) -> Any:
    """A contract with somebody an agency brought, a quarter of it paid."""
    free = make_units(3)

    def make(party: str) -> Any:
        now = timezone.now()
        case = claimed(party, now - timedelta(hours=3))
        visited = now - timedelta(hours=1)
        note_event(case=case, kind=EventKind.VISITED, party="", actor=manager, now=visited)
        held = hold_unit(unit=free.pop(), customer=case.customer, actor=seller, now=now)
        bound = subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
        bound = confirm_everything(bound, seller, now)
        signed = sign(purchase=bound, contract_no=f"HT-{held.pk}", actor=seller, now=now)
        money = Money(
            amount=Decimal(250_000),
            receipt_no=f"R-{held.pk}",
            received_on=timezone.localdate(now),
            way="transfer",
        )
        receive(purchase=signed, money_in=money, actor=payer, now=now)
        return signed

    return make


def test_the_demo_has_partners_commission_grades_risks_and_metrics(
    client_for, manager, payer, claimed, bought
) -> None:
    login = UserFactory(username="partner", role="partner", node=None)
    former = quarter_before(quarter_of(timezone.localdate()))
    claimed(FIRST, timezone.make_aware(datetime.combine(former, time(9))))
    sold = [bought(FIRST), bought(SECOND)]
    for _again in range(2):
        make_channels(now=timezone.now())
    states = sorted(Partner.objects.values_list("state", flat=True))
    assert states == ["active"] * 4 + ["candidate", "ended", "suspended"]
    assert PartnerUser.objects.get().user == login
    assert Channel.objects.count() == VocabularyTerm.objects.filter(list_key="source").count()
    assert LeadIntake.objects.filter(source="claims", flag="").count() == 3
    assert LeadCode.objects.filter(partner__isnull=False).exists()

    assert Commission.objects.count() == 2
    pots = CommissionAccount.objects.filter(balance__gt=0).values_list("pot", flat=True)
    assert set(pots) == {"accrued", "payable", "paid", "owed"}
    assert [received_of(one) for one in sold] == [250_000, 250_000]  # what bounced left nothing
    for partner in Partner.objects.all():
        assert ledger_of(partner) == recomputed(partner)

    grade = ChannelAppraisal.objects.get(partner__isnull=False)
    assert (grade.partner.name, grade.quarter, grade.leads) == (FIRST, former, 1)
    kinds = set(RegisterEntry.objects.filter(register=RISKS).values_list("values__kind", flat=True))
    assert {"duplicate", "hijack"} <= kinds
    assert DailyMetric.objects.count() == 5 * 60
    assert MediaPost.objects.values("account__platform").distinct().count() == len(PLATFORMS)
    client = client_for(manager)
    for path in ("/channels/", "/channels/scorecard/", "/channels/leads/", "/partners/commission/"):
        assert client.get(path).status_code == 200, path
    own = client_for(login).get("/portal/")
    assert [deal.purchase for deal in own.context["deals"]] == [sold[0]]
