"""Individual changes: in time, with drawing and price, signed by three, done and checked."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.approvals.models import Approval
from customers.changes.individual import KIND
from customers.changes.rules import is_too_late
from customers.models import ConstructionNode, IndividualChange, Purchase
from customers.purchase.rules import Step
from tests.tools import ENGLISH, blocked, text_of
from tests.works.conftest import paper, sold

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(unit, buyer, seller) -> Purchase:
    return sold(unit, buyer, seller, contract_no="HT-1")


def ask(client, home, node, **more):
    form = {
        "item": "厨房开放式",
        "wish": "取消厨房与餐厅间的非承重墙",
        "node": node.pk,
        "price": "6800",
        "drawing": paper("改图.pdf"),
    }
    url = f"/purchases/{home.pk}/changes/add/"
    return client.post(url, form | more, headers=ENGLISH)


def sign(pages, user, approval):
    url = f"/approvals/{approval.pk}/sign/"
    return pages(user).post(url, {"digest": approval.digest})


@pytest.mark.spec("SVC-77")
def test_a_change_is_asked_for_in_time_signed_by_three_and_refused_after_the_cut_off(
    home, node, pages, seller, executive, engineering, finance
) -> None:
    today = timezone.localdate()
    for planned in (today + timedelta(days=14), today - timedelta(days=1)):
        ConstructionNode.objects.filter(pk=node.pk).update(planned_on=planned)
        refused = ask(pages(seller), home, node)
        assert refused.status_code == 422
        assert "Too late" in refused.content.decode()
    ConstructionNode.objects.filter(pk=node.pk).update(
        planned_on=today + timedelta(days=60), reached_on=today
    )
    assert ask(pages(seller), home, node).status_code == 422  # reached before its plan
    assert not IndividualChange.objects.exists()
    assert not Approval.objects.exists()
    ConstructionNode.objects.filter(pk=node.pk).update(
        planned_on=today + timedelta(days=15), reached_on=None
    )
    assert ask(pages(seller), home, node, drawing="").status_code == 422
    assert ask(pages(seller), home, node, price="-1").status_code == 422
    assert ask(pages(seller), home, node).status_code == 302
    change = IndividualChange.objects.get()
    assert (change.price, change.state, change.drawing.name) == (
        Decimal(6800),
        "asked",
        "改图.pdf",
    )
    approval = Approval.objects.get(kind=KIND)
    for signer in (finance, engineering):
        assert sign(pages, signer, approval).status_code == 302
    assert sign(pages, seller, approval).status_code == 403
    change.refresh_from_db()
    assert change.state == "asked"
    step = f"/individual-changes/{change.pk}/note/"
    assert pages(seller).post(f"{step}sign/").status_code == 409
    assert sign(pages, executive, approval).status_code == 302
    change.refresh_from_db()
    assert change.state == "approved"
    assert blocked(home, Step.HAND_OVER) == ["Individual change not finished: 厨房开放式"]
    assert pages(seller).post(f"{step}execute/").status_code == 409
    assert pages(seller).post(f"{step}sign/").status_code == 302
    assert pages(seller).post(f"{step}execute/").status_code == 302
    check = f"/individual-changes/{change.pk}/check/"
    assert pages(seller).post(check, {"findings": ""}).status_code == 422
    assert pages(seller).post(check, {"findings": "与图一致"}).status_code == 302
    change.refresh_from_db()
    assert (change.state, change.findings) == ("checked", "与图一致")
    assert (change.signed_on, change.executed_on, change.checked_on) == (today, today, today)
    assert blocked(home, Step.HAND_OVER) == []
    page = text_of(pages(seller), f"/purchases/{home.pk}/changes/")
    assert all(words in page for words in ("厨房开放式", "6800.00", "与图一致", "Checked"))
    purchase_page = text_of(pages(seller), f"/purchases/{home.pk}/")
    assert "Changes of the home" in purchase_page


def test_an_approved_change_is_not_signed_once_the_node_is_reached(
    home, node, pages, seller, executive, engineering, finance
) -> None:
    ask(pages(seller), home, node)
    approval = Approval.objects.get(kind=KIND)
    for signer in (finance, engineering, executive):
        sign(pages, signer, approval)
    ConstructionNode.objects.filter(pk=node.pk).update(reached_on=timezone.localdate())
    change = IndividualChange.objects.get()
    late = pages(seller).post(f"/individual-changes/{change.pk}/note/sign/", headers=ENGLISH)
    assert late.status_code == 409
    assert "Too late" in late.content.decode()
    change.refresh_from_db()
    assert (change.state, change.signed_on) == ("approved", None)


def test_one_refusal_ends_a_change(home, node, pages, seller, engineering) -> None:
    ask(pages(seller), home, node)
    approval = Approval.objects.get(kind=KIND)
    pages(engineering).post(f"/approvals/{approval.pk}/refuse/", {"reason": "承重墙"})
    assert IndividualChange.objects.get().state == "refused"
    assert blocked(home, Step.HAND_OVER) == []


def test_a_change_is_for_ones_own_home_and_building_only(
    home, node, pages, seller, colleague, project
) -> None:
    from customers.models import Building

    other = Building.objects.create(project=project, name="5栋")
    elsewhere = ConstructionNode.objects.create(
        project=project,
        building=other,
        kind="facade",
        planned_on=timezone.localdate() + timedelta(days=90),
    )
    assert ask(pages(seller), home, elsewhere).status_code == 422
    assert ask(pages(colleague), home, node).status_code == 404
    Purchase.objects.filter(pk=home.pk).update(state="handed_over")
    home.refresh_from_db()
    refused = ask(pages(seller), home, node)
    assert refused.status_code == 422
    assert "before handover" in refused.content.decode()
    assert not IndividualChange.objects.exists()


@pytest.mark.parametrize(
    ("planned", "reached", "late"),
    [(16, None, False), (15, None, False), (14, None, True), (60, 0, True)],
)
def test_the_cut_off(planned, reached, late) -> None:
    today = timezone.localdate()
    given = {"planned_on": today + timedelta(days=planned), "days": 15, "today": today}
    on = None if reached is None else today
    assert is_too_late(reached_on=on, **given) is late
