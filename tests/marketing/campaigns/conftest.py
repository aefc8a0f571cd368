"""Who plans, signs and pays; campaigns at each step of their way."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from crm_site.staff.models import User
from marketing.campaigns.checks import EXECUTABILITY, PRINCIPLES
from marketing.campaigns.models import BudgetNode, Campaign
from marketing.campaigns.rules.states import BudgetKind
from marketing.campaigns.services.approving import ask_approval
from marketing.campaigns.services.budgets import NewNode, set_budget
from marketing.campaigns.services.planning import CampaignDraft, add_campaign, set_channels
from marketing.campaigns.services.running import launch
from tests.conftest import make_user

D = Decimal
YES = {f"q{number}": "yes" for number in range(1, 5)}


@pytest.fixture
def marketer(org: Any) -> User:
    return make_user(org, "marketing")


@pytest.fixture
def chief(org: Any) -> User:
    return make_user(org, "executive")


@pytest.fixture
def head(org: Any) -> User:
    return make_user(org, "head_office")


@pytest.fixture
def payer(org: Any) -> User:
    return make_user(org, "finance")


@pytest.fixture
def client(client_for: Any, marketer: User) -> Client:
    return client_for(marketer)


@pytest.fixture
def company(head: User, now: datetime) -> BudgetNode:
    new = NewNode(kind=BudgetKind.COMPANY, amount=D(1_000_000), year=2026)
    return set_budget(new=new, actor=head, now=now)


@pytest.fixture
def money(company: BudgetNode, head: User, org: Any, now: datetime) -> BudgetNode:
    """The budget of project one."""
    new = NewNode(
        kind=BudgetKind.PROJECT, parent=company, amount=D(200_000), project=org.project_one
    )
    return set_budget(new=new, actor=head, now=now)


@pytest.fixture
def make_campaign(org: Any, marketer: User, now: datetime) -> Callable[..., Campaign]:
    """Write a campaign of project one as a draft."""

    def make(*, code: str = "spring-open", **more: Any) -> Campaign:
        given: dict[str, Any] = {
            "code": code,
            "name": "春季开放日",
            "kind": "advert",
            "phase": "peak",
            "project": org.project_one,
            "starts_on": date(2026, 5, 1),
            "ends_on": date(2026, 5, 31),
            "owner": marketer,
            "aim": "到访 200 组",
            "budget": D(50_000),
            "expected_leads": 100,
        }
        draft = CampaignDraft(**given | more)
        return add_campaign(draft=draft, actor=marketer, now=now)

    return make


@pytest.fixture
def fill_in(marketer: User, now: datetime) -> Callable[..., Any]:
    """Fill in a check of a campaign; other answers than yes are named."""

    def fill(campaign: Campaign, key: str, **answers: str) -> Any:
        form = ensure_default(key)
        sheet = begin_sheet(questionnaire=form, subject_id=campaign.pk, author=marketer, now=now)
        filled = Filled(answers=YES | answers)
        return save_sheet(sheet=sheet, filled=filled, complete=True, actor=marketer, now=now)

    return fill


@pytest.fixture
def sign_all(now: datetime) -> Callable[..., Approval]:
    """Sign the latest approval by each of these people."""

    def signed(*people: User) -> Approval:
        approval = Approval.objects.latest("pk")
        for person in people:
            sign(approval_id=approval.pk, digest=approval.digest, signer=person, now=now)
        approval.refresh_from_db()
        return approval

    return signed


@pytest.fixture
def approved(
    make_campaign: Any,
    money: BudgetNode,
    fill_in: Any,
    sign_all: Any,
    marketer: User,
    chief: User,
    now: datetime,
) -> Callable[..., Campaign]:
    """A campaign that is approved, with its budget."""

    def make(*, shares: dict[str, Any] | None = None, **more: Any) -> Campaign:
        row = make_campaign(**more)
        if shares:
            set_channels(campaign=row, shares=shares, actor=marketer, now=now)
        fill_in(row, EXECUTABILITY)
        ask_approval(campaign=row, actor=marketer, now=now)
        sign_all(chief)
        row.refresh_from_db()
        return row

    return make


@pytest.fixture
def running(approved: Any, fill_in: Any, marketer: User, now: datetime) -> Callable[..., Campaign]:
    """A campaign that was launched today."""

    def make(**more: Any) -> Campaign:
        row = approved(**more)
        fill_in(row, PRINCIPLES)
        return launch(campaign=row, actor=marketer, now=now)

    return make
