"""Claims in the database: append-only, judged by the rules of the day, decided again on appeal."""

from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import NotAllowedError, StaleError
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import ensure_default
from crm_site.policies.shapes import to_json
from customers.arbitration.errors import ClaimError
from customers.arbitration.models import ClaimCase, ClaimDecision, ClaimEvent
from customers.arbitration.policies import CLAIMS, ClaimRules
from customers.arbitration.rules import Outcome
from customers.arbitration.selectors import hear, latest_decision
from customers.arbitration.services.deciding import Verdict, appeal, judge, settle
from customers.arbitration.services.events import Report, report
from customers.models import Building, Household, Unit
from customers.purchase.services.advancing import Terms, subscribe
from customers.purchase.services.holding import hold_unit
from tests.arbitration.conftest import MASKED, PHONE
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
ANN, BEN = "链家滨江店", "中原城西店"
HOUR = timedelta(hours=1)
FOR_BEN = Verdict(outcome=Outcome.CLAIM, party=BEN, reason="带看记录与门岗登记一致")


def in_force_from(rules: ClaimRules, start: datetime) -> None:
    ensure_default(CLAIMS)
    PolicyVersion.objects.create(
        key=CLAIMS,
        version=2,
        payload=to_json(rules),
        state=PolicyVersion.State.APPROVED,
        valid_from=start,
        created_at=start,
        decided_at=start,
    )


def test_a_report_opens_one_case_and_the_same_events_give_the_same_decision(
    buyer, reported, note, now
) -> None:
    case = reported()
    note(case, "verified", at=now + HOUR)
    note(case, "visited", at=now + 2 * HOUR)
    decision = latest_decision(case)
    assert (decision.outcome, decision.party, decision.versions) == ("claim", ANN, [1])
    assert decision.fired == [{"rule": "first", "party": ANN, "event": case.events.first().pk}]
    count = ClaimDecision.objects.count()
    assert judge(case=case, now=now + 90 * 24 * HOUR) == decision
    assert ClaimDecision.objects.count() == count
    assert ClaimEvent.objects.filter(case=case).count() == 3
    assert AuditEvent.objects.filter(kind="claim.noted").count() == 3


def test_a_household_counts_once(buyer, project, seller, reported, note, now) -> None:
    home = Household.objects.create(label="高家")
    wife = CustomerFactory(owner=seller, phone="+8615412349999", household=home)
    LeadFactory(customer=wife, project=project, source="agent")
    first = reported()
    type(buyer).objects.filter(pk=buyer.pk).update(household=home)
    second = reported("15412349999", at=now + HOUR, party=BEN)
    assert second == first
    assert ClaimCase.objects.count() == 1
    decision = latest_decision(first)
    assert (decision.outcome, decision.party) == ("undecided", "")
    assert {one["rule"] for one in decision.fired} == {"same_household"}


def test_a_masked_number_of_two_people_is_left_to_a_person(
    buyer, project, seller, boss, desk, reported, now
) -> None:
    other = CustomerFactory(owner=seller, phone="+8615499995678")
    LeadFactory(customer=other, project=project, source="agent")
    given = Report(project=project, phone=MASKED, name="高", party=ANN)
    cases = report(given=given, actor=desk, now=now)
    assert {case.customer_id for case in cases} == {buyer.pk, other.pk}
    assert [latest_decision(case).outcome for case in cases] == ["undecided", "undecided"]
    mine = next(case for case in cases if case.customer_id == buyer.pk)
    made = settle(
        case=mine,
        verdict=Verdict(outcome=Outcome.CLAIM, party=ANN, reason="客户确认由其带来"),
        actor=boss,
        now=now + HOUR,
    )
    assert (made.number, made.decided_by, made.party) == (2, boss, ANN)
    assert judge(case=mine, now=now + 2 * HOUR) == made


def test_an_appeal_makes_a_new_decision_and_never_changes_the_former(
    buyer, boss, director, reported, now
) -> None:
    case = reported()
    reported(at=now + HOUR, party=BEN)
    first = latest_decision(case)
    assert (first.party, [one["rule"] for one in first.losing]) == (ANN, ["protected"])
    before = ClaimDecision.objects.filter(pk=first.pk).values().get()
    second = appeal(decision=first, verdict=FOR_BEN, actor=boss, now=now + 2 * HOUR)
    assert (second.number, second.party, second.appealed) == (first.number + 1, BEN, first)
    assert ClaimDecision.objects.filter(pk=first.pk).values().get() == before
    with pytest.raises(NotAllowedError):
        appeal(decision=second, verdict=FOR_BEN, actor=boss, now=now + 3 * HOUR)
    with pytest.raises(StaleError):
        appeal(decision=first, verdict=FOR_BEN, actor=director, now=now + 3 * HOUR)
    third = appeal(
        decision=second,
        verdict=Verdict(outcome=Outcome.WALK_IN, reason="客户为自然到访"),
        actor=director,
        now=now + 3 * HOUR,
    )
    assert list(case.decisions.order_by("number"))[1:] == [first, second, third]
    assert hear(case).decision.party == ANN  # what the rules say is told all the same


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(outcome=Outcome.CLAIM, party=BEN, reason=" "),
        Verdict(outcome=Outcome.CLAIM, party="", reason="有"),
        Verdict(outcome=Outcome.CLAIM, party="从未报备的门店", reason="有"),
        Verdict(outcome=Outcome.WALK_IN, party=BEN, reason="有"),
        Verdict(outcome=Outcome.UNDECIDED, reason="有"),
    ],
)
def test_a_verdict_needs_a_reason_and_one_of_those_who_claim(
    buyer, boss, reported, now, verdict
) -> None:
    case = reported()
    reported(at=now + HOUR, party=BEN)
    count = ClaimDecision.objects.count()
    with pytest.raises(ClaimError):
        appeal(decision=latest_decision(case), verdict=verdict, actor=boss, now=now + 2 * HOUR)
    with pytest.raises(ClaimError):
        settle(case=case, verdict=FOR_BEN, actor=boss, now=now)  # the rules have decided
    assert ClaimDecision.objects.count() == count


def test_events_and_decisions_are_never_changed(buyer, reported) -> None:
    case = reported()
    for rows, change in (
        (ClaimEvent.objects.filter(case=case), {"party": BEN}),
        (ClaimEvent.objects.filter(case=case), {"at": timezone.now()}),
        (ClaimDecision.objects.filter(case=case), {"reason": "改"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_the_rules_of_the_day_of_the_report_count(buyer, reported, note, now) -> None:
    in_force_from(ClaimRules(needs_verification=False, lead_minutes=0), now + timedelta(days=2))
    case = reported()
    note(case, "visited", at=now + timedelta(days=4), party="")
    assert latest_decision(case).losing == [
        {"rule": "not_verified", "party": ANN, "event": case.events.last().pk}
    ]
    assert latest_decision(case).versions == [1, 2]
    later = reported(at=now + timedelta(days=40))
    note(later, "visited", at=now + timedelta(days=41), party="")
    assert latest_decision(later).party == ANN
    assert asdict(ClaimRules())["needs_verification"] is True


def test_the_quota_of_a_day_counts_what_was_reported(buyer, project, seller, desk, now) -> None:
    in_force_from(ClaimRules(daily_quota=1), now - timedelta(days=2))
    other = CustomerFactory(owner=seller, phone="+8615412340000")
    LeadFactory(customer=other, project=project, source="agent")
    outcomes = []
    for place, phone in enumerate((PHONE, "15412340000")):
        given = Report(project=project, phone=phone, name="高", party=ANN)
        [case] = report(given=given, actor=desk, now=now + place * timedelta(minutes=1))
        outcomes.append(latest_decision(case).outcome)
    assert outcomes == ["claim", "walk_in"]


def test_a_customer_of_the_company_itself_cannot_be_reported_away(
    seller, project, reported, now
) -> None:
    own = CustomerFactory(owner=seller, phone="+8615412341111")
    LeadFactory(customer=own, project=project, source="walk_in", created_at=now - 5 * 24 * HOUR)
    case = reported("15412341111")
    assert latest_decision(case).losing[0]["rule"] == "known"


def test_deposits_come_from_the_purchase_itself(
    buyer, seller, project, reported, note, now
) -> None:
    case = reported()
    note(case, "verified", at=now + HOUR)
    note(case, "visited", at=now + 2 * HOUR)
    building = Building.objects.create(project=project, name="3栋")
    unit = Unit.objects.create(
        project=project, building=building, floor=1, number="0101", forecast_area=98
    )
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now + 3 * HOUR)
    terms = Terms(list_total=Decimal(100), agreed_total=Decimal(100), deposit=Decimal(5))
    subscribe(purchase=purchase, terms=terms, actor=seller, now=now + 4 * HOUR)
    kinds = list(case.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["reported", "verified", "visited", "deposit"]
    assert latest_decision(case).party == ANN
    reported(at=now + 5 * HOUR, party=BEN)
    assert latest_decision(case).losing == []  # after the deal nothing counts


def test_nothing_is_written_for_a_number_that_nobody_has(buyer, project, desk, now) -> None:
    for phone in ("15400000000", "154****0000", "不是号码"):
        given = Report(project=project, phone=phone, name="高", party=ANN)
        with pytest.raises(ClaimError):
            report(given=given, actor=desk, now=now)
    assert ClaimCase.objects.count() == ClaimEvent.objects.count() == 0


def test_only_who_reported_is_verified(buyer, reported, note, now) -> None:
    case = reported()
    with pytest.raises(ClaimError):
        note(case, "verified", at=now + HOUR, party=BEN)
    assert case.events.count() == 1
