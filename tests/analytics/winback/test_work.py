"""The work on a case: callbacks, the plan, tools, gifts, rewards, the verdict."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from analytics.churn.models import ChurnLoss
from analytics.winback.errors import WinbackError
from analytics.winback.models import (
    ChurnAlert,
    ServiceUpgrade,
    ToolUse,
    WinbackAccount,
    WinbackCall,
    WinbackCase,
    WinbackEntry,
)
from analytics.winback.panels import briefings
from analytics.winback.policies import PLANS
from analytics.winback.rules.words import Upgrade
from analytics.winback.services.offering import ask_discount
from analytics.winback.services.planning import Planned, plan_case, proposed_for, spent_on
from analytics.winback.services.recording import Called, record_call
from analytics.winback.services.rewarding import give, take_back
from analytics.winback.services.tending import tend
from analytics.winback.services.upgrading import Upgraded, grant, rate_after
from crm_site.approvals.models import Approval
from crm_site.approvals.services import refuse, sign
from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import StaleError
from crm_site.outbox.models import Message
from customers.models import Interaction, Lead, Task
from customers.pricing.errors import DiscountError
from customers.pricing.selectors import price_at
from customers.pricing.services.discounts import Wish
from customers.purchase.services.advancing import Terms, subscribe
from customers.purchase.services.holding import hold_unit
from customers.rules.axes import Channel
from customers.services.consents import opt_out
from customers.services.tasks import complete_task
from customers.task_gates import TaskGatedError
from service.surveys.models import SurveyResponse
from tests.analytics.winback.conftest import call, case_of, score
from tests.factories import InteractionFactory
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
PLAN = Planned(
    cause="price", offer="按流程申请优惠", actions="核对预算\n三套备选", ceiling=Decimal(800)
)


def open_task(case):
    return Task.objects.open().get(source="winback", subject_id=str(case.pk))


@pytest.mark.spec("CUS-101")
@pytest.mark.parametrize("part", ["problem", "need", "solution", "outcome"])
def test_a_callback_cannot_be_finished_with_an_empty_part(red, consultant, now, part):
    with pytest.raises(ValidationError) as error:
        call(red, consultant, now, **{part: "  " if part != "outcome" else ""})
    assert list(error.value.message_dict) == [part]
    assert open_task(red).state == "open"
    assert not WinbackCall.objects.exists()
    with pytest.raises(TaskGatedError):  # nor by the button of the task
        complete_task(task=open_task(red), actor=consultant, now=now)
    made = call(red, consultant, now)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor behind the form's back
        WinbackCall.objects.filter(pk=made.pk).update(**{part: ""})


@pytest.mark.spec("CUS-101")
def test_a_pending_callback_plans_the_next_one(red, consultant, now):
    with pytest.raises(ValidationError) as error:
        call(red, consultant, now, next_at=None)
    assert list(error.value.message_dict) == ["next_at"]
    first = open_task(red)
    next_at = (now + timedelta(days=2)).replace(hour=15, minute=0, second=0, microsecond=0)
    call(red, consultant, now, next_at=next_at)
    first.refresh_from_db()
    red.refresh_from_db()
    assert first.state == "done"
    assert open_task(red).due_at == next_at
    assert (red.said, red.tries, red.turn, red.worked_at) == ("pending", 1, 2, now)
    talk = Interaction.objects.get()
    assert (talk.channel, talk.result, talk.author) == ("phone", "reached", consultant)
    assert "等了四十分钟" in talk.content
    tool = ToolUse.objects.get(tool="callback")
    assert (tool.cost, tool.key) == (15, "1")


def test_a_callback_is_written_down_once(red, consultant, now):
    call(red, consultant, now)
    stale = WinbackCase.objects.get()
    stale.turn = 1
    with pytest.raises(StaleError):
        record_call(
            case=stale, called=Called(channel="phone", reached=False), turn=1, actor=consultant,
            now=now,
        )  # fmt: skip
    assert WinbackCall.objects.count() == 1


@pytest.mark.spec("CUS-102")
def test_after_three_failed_calls_the_next_task_proposes_another_channel(red, consultant, now):
    kinds = []
    for day in range(4):
        kinds.append((open_task(red).kind, case_of(red.customer).channel))
        call(red, consultant, now + timedelta(days=day), reached=False)
    assert kinds == [("call", "phone")] * 3 + [("follow_up", "wechat")]
    red.refresh_from_db()
    assert (red.tries, red.channel) == (4, "wechat")
    assert Interaction.objects.filter(result="no_answer").count() == 4


@pytest.mark.spec("CUS-102")
def test_a_refused_channel_is_never_proposed(customer, no_holdout, consultant, supervisor, now):
    opt_out(customer=customer, channel=Channel.PHONE, actor=consultant, now=now)
    customer.channel_wish = "home_visit"
    customer.save()
    score(customer, "none", "red", now)
    case = case_of(customer)
    assert (case.channel, open_task(case).kind) == ("home_visit", "visit")  # as wished
    for day in range(6):
        call(case, consultant, now + timedelta(days=day), reached=False)
    case.refresh_from_db()
    assert case.owner == supervisor  # nobody was reached over any way: the one above tries
    assert Message.objects.get(kind="winback.worn_out").recipient == supervisor


def test_a_lost_customer_ends_the_work_and_not_the_count(red, consultant, now):
    call(red, consultant, now, outcome="lost")
    red.refresh_from_db()
    assert (red.state, red.said) == ("done", "lost")
    assert not Task.objects.open().exists()
    tend(now=now + timedelta(hours=1))
    assert not Task.objects.open().exists()
    assert ChurnAlert.objects.get().verdict == ""
    tend(now=now + timedelta(days=31))
    assert ChurnAlert.objects.get().verdict == "not_recovered"


@pytest.mark.spec("CUS-104")
def test_the_cause_proposes_its_template_and_a_costly_plan_asks_for_signatures(
    red, consultant, supervisor, director, now
):
    found = proposed_for("price", now=now)
    assert "优惠" in found.offer
    assert found.ceiling == 2000
    case = plan_case(case=red, given=PLAN, actor=consultant, now=now)
    assert (case.plan_state, case.approval, case.planned_by) == ("ready", None, consultant)
    costly = Planned(cause="price", offer="x", actions="y", ceiling=Decimal(12_000))
    case = plan_case(case=red, given=costly, actor=consultant, now=now)
    assert case.plan_state == "waiting"
    assert case.approval.steps == ["analytics.sign_winback", "analytics.direct_winback"]
    with pytest.raises(WinbackError):  # nothing is charged to it before
        give(case=case, amount=Decimal(100), what="果篮", key="1", actor=consultant, now=now)
    for signer in (supervisor, director):
        sign(approval_id=case.approval_id, digest=case.approval.digest, signer=signer, now=now)
    case.refresh_from_db()
    assert case.plan_state == "approved"
    give(case=case, amount=Decimal(100), what="果篮", key="1", actor=consultant, now=now)
    cheaper = Planned(cause="price", offer="x", actions="y", ceiling=Decimal(3000))
    case = plan_case(case=red, given=cheaper, actor=consultant, now=now)
    assert case.plan_state == "waiting"  # another plan, other signatures
    refuse(approval_id=case.approval_id, reason="太贵", signer=supervisor, now=now)
    case.refresh_from_db()
    assert case.plan_state == "refused"
    with pytest.raises(WinbackError, match="100"):
        plan_case(
            case=red, given=Planned(cause="price", offer="x", actions="y", ceiling=Decimal(99)),
            actor=consultant, now=now,
        )  # fmt: skip


def test_who_signs_plans_asks_the_one_above(red, supervisor, director, now):
    costly = Planned(cause="price", offer="x", actions="y", ceiling=Decimal(3000))
    case = plan_case(case=red, given=costly, actor=supervisor, now=now)
    assert case.approval.steps == ["analytics.direct_winback"]
    sign(approval_id=case.approval_id, digest=case.approval.digest, signer=director, now=now)
    assert case_of(red.customer).plan_state == "approved"


@pytest.mark.spec("CUS-105")
def test_a_price_compensation_is_impossible_without_its_approval(
    red, customer, consultant, boss, unit, publish, now
):
    publish(at=now - timedelta(days=1))
    listed = price_at(unit, at=now).public_total
    asked = listed - 10_000
    offer = ask_discount(
        case=red, unit=unit, wish=Wish(asked_total=asked, reason="挽回"), actor=consultant, now=now
    )
    purchase = hold_unit(unit=unit, customer=customer, actor=consultant, now=now)
    terms = Terms(list_total=listed, agreed_total=asked, deposit=Decimal(50_000))
    with pytest.raises(DiscountError):
        subscribe(purchase=purchase, terms=terms, actor=consultant, now=now)
    tend(now=now)
    assert not ToolUse.objects.filter(tool="price").exists()
    approval = offer.discount.approval
    sign(approval_id=approval.pk, digest=approval.digest, signer=boss, now=now)
    assert tend(now=now)["prices"] == 1
    assert tend(now=now)["prices"] == 0
    use = ToolUse.objects.get(tool="price")
    assert (use.case, use.cost) == (red, 10_000)
    assert price_at(unit, at=now).public_total == listed  # the wall shows the same price
    audited = AuditEvent.objects.filter(kind__in=["winback.price_asked", "discount.asked"])
    assert audited.count() == 2


@pytest.mark.spec("CUS-106")
def test_an_upgrade_ends_by_itself_with_satisfaction_before_and_after(
    red, consultant, consultant_b, survey_answer, now
):
    plan_case(case=red, given=PLAN, actor=consultant, now=now)
    survey_answer(red.customer, Decimal("5.5"), now - timedelta(days=9))
    until = now + timedelta(days=30)
    wanted = Upgraded(kind=Upgrade.ADVISER, what="专属顾问", ends_at=until, adviser=consultant_b)
    made = grant(case=red, given=wanted, actor=consultant, now=now)
    assert (made.before, made.before_source, made.cost) == (Decimal("5.5"), "survey", 300)
    assert spent_on(WinbackCase.objects.get()) == 300
    assert Message.objects.get(kind="winback.adviser").recipient == consultant_b
    with pytest.raises(WinbackError):
        grant(case=red, given=wanted, actor=consultant, now=now)
    survey_answer(red.customer, Decimal("8.5"), now + timedelta(days=20))
    tend(now=until - timedelta(minutes=1))
    assert ServiceUpgrade.objects.get().ended_at is None
    assert tend(now=until)["upgrades"] == 1
    assert tend(now=until)["upgrades"] == 0
    made.refresh_from_db()
    assert (made.ending, made.ended_at) == ("expired", until)
    assert (made.after, made.after_source) == (Decimal("8.5"), "survey")
    assert Message.objects.filter(kind="winback.upgrade_ended").count() == 2


def test_without_a_survey_somebody_asks_after_the_upgrade(red, consultant, now):
    plan_case(case=red, given=PLAN, actor=consultant, now=now)
    until = now + timedelta(days=10)
    wanted = Upgraded(kind=Upgrade.REPAIR, what="优先维修", ends_at=until, before=Decimal(4))
    made = grant(case=red, given=wanted, actor=consultant, now=now)
    with pytest.raises(WinbackError):
        rate_after(upgrade=made, rating=Decimal(8), now=now)
    tend(now=until)
    assert Task.objects.open().filter(source="winback-upgrade").count() == 1
    made = rate_after(upgrade=made, rating=Decimal(8), now=until)
    assert (made.before, made.before_source) == (Decimal(4), "asked")
    assert (made.after, made.after_source) == (Decimal(8), "asked")


def test_an_upgrade_costs_no_more_than_the_plan_allows(red, consultant, now):
    wanted = Upgraded(kind=Upgrade.EVENT, what="品鉴会", ends_at=now + timedelta(days=3))
    with pytest.raises(WinbackError):
        grant(case=red, given=wanted, actor=consultant, now=now)  # no plan at all
    plan_case(case=red, given=PLAN, actor=consultant, now=now)
    grant(case=red, given=wanted, actor=consultant, now=now)
    repair = Upgraded(kind=Upgrade.REPAIR, what="优先维修", ends_at=now + timedelta(days=3))
    grant(case=red, given=repair, actor=consultant, now=now)
    with pytest.raises(WinbackError, match="100"):
        give(case=red, amount=Decimal(101), what="果篮", key="1", actor=consultant, now=now)
    with pytest.raises(WinbackError):
        grant(
            case=red, given=Upgraded(kind=Upgrade.EVENT, what="x", ends_at=now), actor=consultant,
            now=now,
        )  # fmt: skip


@pytest.mark.spec("CUS-103")
@pytest.mark.spec("CUS-107")
def test_a_recovered_customer_credits_the_staff_and_a_gift_is_logged(
    red, consultant, director, now, set_rules
):
    set_rules(key=PLANS, gift_limit="200")
    call(red, consultant, now)
    plan_case(case=red, given=PLAN, actor=consultant, now=now)
    gift = give(case=red, amount=Decimal(88), what="果篮", key="a", actor=consultant, now=now)
    again = give(case=red, amount=Decimal(88), what="果篮", key="a", actor=consultant, now=now)
    assert gift == again
    with pytest.raises(WinbackError, match="200"):
        give(case=red, amount=Decimal(201), what="酒", key="b", actor=consultant, now=now)
    came = now + timedelta(days=3)
    InteractionFactory(customer=red.customer, channel="visit", result="visited", at=came)
    assert tend(now=came + timedelta(hours=1))["recovered"] == 1
    assert "recovered" not in {k for k, v in tend(now=came + timedelta(hours=2)).items() if v}
    alert = ChurnAlert.objects.get()
    assert (alert.verdict, alert.behaviour, alert.ending) == ("recovered", "visited", "recovered")
    assert case_of(red.customer).state == "done"
    assert not Task.objects.open().filter(source="winback").exists()
    reward = WinbackEntry.objects.get(kind="reward")
    assert (reward.account.user, reward.amount, reward.case) == (consultant, 200, red)
    assert WinbackAccount.objects.get(user=consultant).balance == 200
    assert Message.objects.get(kind="winback.rewarded").recipient == consultant
    with pytest.raises(IntegrityError), transaction.atomic():
        WinbackEntry.objects.filter(pk=reward.pk).update(amount=1000)
    take_back(entry=reward, reason="算错", actor=director, now=came)
    assert WinbackAccount.objects.get(user=consultant).balance == 0


def test_who_is_lost_after_the_return_is_not_recovered_and_the_reward_goes_back(
    red, consultant, now
):
    call(red, consultant, now)
    came = now + timedelta(days=3)
    InteractionFactory(customer=red.customer, channel="visit", result="visited", at=came)
    tend(now=came + timedelta(hours=1))
    ChurnLoss.objects.create(
        customer=red.customer, on=timezone.localdate(came + timedelta(days=5)), rule="elsewhere",
        stage="visit", source="lead:1", recorded_at=came + timedelta(days=5),
        main_reason="delay", scene="after_sales",
    )  # fmt: skip
    tend(now=came + timedelta(days=6))
    assert ChurnAlert.objects.get().verdict == "not_recovered"
    assert WinbackAccount.objects.get(user=consultant).balance == 0


def test_nobody_is_rewarded_for_a_customer_nobody_called(red, now):
    InteractionFactory(
        customer=red.customer, channel="visit", result="visited", at=now + timedelta(days=1)
    )
    tend(now=now + timedelta(days=2))
    assert ChurnAlert.objects.get().verdict == "recovered"
    assert not WinbackEntry.objects.exists()


@pytest.mark.parametrize("behaviour", ["visited", "enquired", "booked", "home_visit", "call"])
def test_only_the_customers_own_move_counts(red, consultant, now, behaviour):
    at = now + timedelta(days=1)
    if behaviour == "enquired":
        Lead.objects.create(
            customer=red.customer, project=red.customer.project, source="walk_in",
            capture_point="front_desk", received_at=at,
        )  # fmt: skip
    elif behaviour == "call":
        InteractionFactory(customer=red.customer, channel="phone", result="reached", at=at)
    else:
        values = {
            "visited": ("visit", "visited"),
            "booked": ("phone", "visit_booked"),
            "home_visit": ("home_visit", "visited"),  # we went there
        }[behaviour]
        InteractionFactory(customer=red.customer, channel=values[0], result=values[1], at=at)
    tend(now=at + timedelta(days=1))
    expected = "" if behaviour in ("home_visit", "call") else "recovered"
    assert ChurnAlert.objects.get().verdict == expected


def test_what_a_consultant_says_does_not_decide(red, consultant, now):
    call(red, consultant, now, outcome="recovered")
    tend(now=now + timedelta(days=2))
    assert ChurnAlert.objects.get().verdict == ""
    assert not Task.objects.open().filter(source="winback").exists()
    tend(now=now + timedelta(days=31))
    assert ChurnAlert.objects.get().verdict == "not_recovered"
    assert Approval.objects.count() == 0


@pytest.fixture
def survey_answer(make_survey):
    """Write an answer to a survey."""
    survey = make_survey()

    def make(customer, rating, at):
        return SurveyResponse.objects.create(
            survey=survey,
            version=survey.version,
            customer=customer,
            project=customer.project,
            trigger=survey.trigger,
            rating=rating,
            at=at,
            month_on=at.date().replace(day=1),
        )

    return make


def test_a_running_upgrade_is_shown_at_the_desk_and_on_tickets(
    red, consultant, client_for, specialist, now
):
    plan_case(case=red, given=PLAN, actor=consultant, now=now)
    until = now + timedelta(days=10)
    wanted = Upgraded(kind=Upgrade.REPAIR, what="优先维修", ends_at=until, before=Decimal(4))
    made = grant(case=red, given=wanted, actor=consultant, now=now)
    ticket = TicketFactory(customer=red.customer, first_responder=specialist)
    client = client_for(specialist)
    assert "优先维修" in client.get(ticket.get_absolute_url()).content.decode()
    assert [one.text for one in briefings(red.customer, specialist, now)]
    tend(now=until)
    made.refresh_from_db()
    assert made.ended_at == until
    assert briefings(red.customer, specialist, until) == []
    page = client.get(ticket.get_absolute_url()).content.decode()
    assert "优先维修" not in page
