"""Who writes, reviews and releases; adverts at each step of their way."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.staff.models import User
from marketing.content.models import Advert
from marketing.content.services.adverts import AdvertDraft, ask_review, plan_advert, release
from marketing.content.services.wording import ClaimDraft, Wording, write_wording
from tests.conftest import make_user
from tests.factories import UserFactory
from tests.property.conftest import png

TEXT = "湖畔公园旁的家，建筑面积约89㎡，绿化率35%。"
GREEN = ClaimDraft("planning", "绿化率35%", "建设工程规划许可证 2026-017")
ORDER = ("marketing", "design", "engineering", "legal", "relations", "final")


@pytest.fixture
def moment() -> datetime:
    """The time of the requests that tests send."""
    return timezone.now()


@pytest.fixture
def marketer(org: Any) -> User:
    return make_user(org, "marketing")


@pytest.fixture
def client(client_for: Any, marketer: User) -> Client:
    return client_for(marketer)


@pytest.fixture
def reviewers(org: Any) -> dict[str, User]:
    """One person of each department, in places where they work."""
    node = org.project_one.node
    made = {
        "marketing": UserFactory(username="mk2", name="市场乙", role="channel", node=node),
        "design": UserFactory(username="de1", name="设计甲", role="engineering", node=node),
    }
    return made | {
        "engineering": make_user(org, "engineering"),
        "legal": make_user(org, "head_office"),
        "relations": make_user(org, "service_manager"),
        "final": make_user(org, "executive"),
    }


@pytest.fixture
def make_advert(org: Any, marketer: User, moment: datetime) -> Callable[..., Advert]:
    """Plan an advert of project one and write its text."""

    def make(*, text: str = TEXT, claims: tuple[ClaimDraft, ...] = (GREEN,), **more: Any) -> Advert:
        given: dict[str, Any] = {
            "title": "湖畔春季形象",
            "medium": "press",
            "plan": "五月首开，面向改善家庭",
            "owner": marketer,
            "project": org.project_one,
        }
        draft = AdvertDraft(**given | more)
        row = plan_advert(draft=draft, actor=marketer, now=moment)
        wording = Wording(text=text, facts="规划许可证、测绘报告", claims=claims)
        write_wording(advert=row, wording=wording, actor=marketer, now=moment)
        row.refresh_from_db()
        return row

    return make


@pytest.fixture
def sign_all(reviewers: dict[str, User], moment: datetime) -> Callable[..., None]:
    """Let every department sign, but those left out."""

    def run(approval: Approval, *, but: tuple[str, ...] = ()) -> None:
        for name in ORDER:
            if name not in but:
                approval.refresh_from_db()
                give = {"digest": approval.digest, "signer": reviewers[name], "now": moment}
                sign(approval_id=approval.pk, **give)

    return run


@pytest.fixture
def released(
    make_advert: Any, marketer: User, sign_all: Any, reviewers: Any, moment: datetime
) -> Advert:
    """An advert that everybody signed and that was released."""
    row = make_advert()
    sign_all(ask_review(advert=row, actor=marketer, now=moment))
    return release(advert=row, actor=marketer, now=moment)


@pytest.fixture
def proof() -> Any:
    """Return what makes a picture to upload."""
    return lambda: SimpleUploadedFile("整版.png", png(), content_type="image/png")
