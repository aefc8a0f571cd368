"""Articles that count, and the people who write and sign them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.documents.models import DocumentVersion
from crm_site.documents.services import submit_version
from crm_site.staff.models import User
from customers.models import Customer
from service.knowledge.models import Article
from service.knowledge.services.articles import Filing, Writing, write_article
from tests.conftest import make_user
from tests.factories import CustomerFactory, Organisation, UserFactory

DEED = "如何办理房产证"
DEED_TEXT = "交房后九十日内, 凭购房合同、发票和身份证到不动产登记中心办理。"
TAX = "契税怎么交"
TAX_TEXT = "契税按成交价计算, 首套九十平方米以下为百分之一。"
DUTY = "What documents do I need for the mortgage?"
DUTY_TEXT = "Bring your ID card, proof of income and the signed contract to the bank."


@pytest.fixture
def writer(org: Organisation) -> User:
    return make_user(org, "service_manager")


@pytest.fixture
def approver(org: Organisation) -> User:
    return make_user(org, "executive")


@pytest.fixture
def agent(org: Organisation) -> User:
    return make_user(org, "agent")


@pytest.fixture
def specialist(org: Organisation) -> User:
    return make_user(org, "specialist")


@pytest.fixture
def seller(org: Organisation) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def buyer(seller: User) -> Customer:
    return CustomerFactory(owner=seller, name="高雅琴", phone="+8615412345678")


def approve(article: Article, writer: User, approver: User, now: datetime) -> DocumentVersion:
    """Send the draft for approval and sign it."""
    version = submit_version(document=article.document, actor=writer, now=now)
    approval = Approval.objects.get(pk=version.approval_id)
    sign(approval_id=approval.pk, digest=approval.digest, signer=approver, now=now)
    version.refresh_from_db()
    assert version.is_approved
    return version


@pytest.fixture
def published(writer: User, approver: User, now: datetime) -> Callable[..., Article]:
    """Write an article, approve it and return it."""

    def act(
        title: str = DEED,
        answer: str = DEED_TEXT,
        *,
        until: date | None = None,
        is_approved: bool = True,
        **filing: Any,
    ) -> Article:
        writing = Writing(
            title=title,
            answer=answer,
            effective_from=date(2026, 1, 1),
            effective_until=until,
            holder=writer,
            filing=Filing(**{"audience": "public", **filing}),
        )
        article = write_article(writing=writing, actor=writer, now=now)
        if is_approved:
            approve(article, writer, approver, now)
        return article

    return act
