"""One record of each kind of owner care, for the tests of access."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm_site.ledger.services import Posting, post
from customers.models import Customer
from service.care.models import (
    CareAction,
    CareActivity,
    CareEvent,
    CareFund,
    CareGift,
    CareGiftList,
    CareGreeting,
    CareIssue,
    CareItem,
    CareOccasion,
    CarePlan,
    EventSignUp,
    FundProposal,
)
from service.care.services.starting import ensure_programme

WAITING = "waiting"


def care_of(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before."""
    now, project, by = timezone.now(), customer.project, people["specialist"]
    ensure_programme()
    action = CareAction.objects.get(key="care-living")
    item = CareItem.objects.create(
        action=action,
        source="playbook",
        source_id="0:do",
        project=project,
        customer=customer,
        title="居住感受回访",
        due_at=now + timedelta(days=30),
    )
    greeting = CareGreeting.objects.create(
        project=project, customer=customer, occasion="birthday", on=now, year=2026, channel="sms"
    )
    occasion = CareOccasion.objects.create(
        project=project, customer=customer, kind="wedding", month=10, day=1, created_by=by
    )
    gifts = CareGiftList.objects.create(
        project=project, festival="spring", year=2026, gift="春联", value=20, state=WAITING
    )
    gift = CareGift.objects.create(of=gifts, customer=customer, festival="spring", year=2026)
    plan = CarePlan.objects.create(project=project, year=2026, state=WAITING)
    activity = CareActivity.objects.create(plan=plan, title="邻里节", planned_on=now, budget=1)
    fund = CareFund.objects.create(project=project)
    posting = Posting(amount=Decimal(100), kind="deposit", key="world", note="公司拨付")
    entry = post(account=fund, posting=posting, actor=by, now=now)
    proposal = FundProposal.objects.create(
        fund=fund,
        project=project,
        title="门禁翻新",
        amount=50,
        before="门禁损坏",
        state=WAITING,
        proposed_by=by,
    )
    event = CareEvent.objects.create(
        project=project,
        title="晨练",
        place="中心花园",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1),
        capacity=20,
        taken=1,
    )
    guest = EventSignUp.objects.create(event=event, customer=customer, at=now, by=by, came_at=now)
    issue = CareIssue.objects.create(project=project, number=1, title="春季号", body="新春好")
    return {
        "issue_id": issue.pk,
        "care_item_id": item.pk,
        "care_action_id": action.pk,
        "greeting_id": greeting.pk,
        "occasion_id": occasion.pk,
        "gift_list_id": gifts.pk,
        "gift_id": gift.pk,
        "care_plan_id": plan.pk,
        "activity_id": activity.pk,
        "fund_id": fund.pk,
        "fund_entry_id": entry.pk,
        "proposal_id": proposal.pk,
        "care_event_id": event.pk,
        "sign_up_id": guest.pk,
    }
