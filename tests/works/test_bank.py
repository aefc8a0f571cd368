"""Money flows by accepted node; a key node passes with an outside report only."""

from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import ConstructionNode, NodePayment, NodeReport
from customers.works.rules import Report, may_pass
from tests.tools import ENGLISH, text_of
from tests.works.conftest import paper, sold

pytestmark = pytest.mark.django_db


def accept(client, node, result="passed", findings="平整度合格"):
    data = {"result": result, "findings": findings}
    return client.post(f"/nodes/{node.pk}/accept/", data, headers=ENGLISH)


def reached(node) -> ConstructionNode:
    node.reached_on = timezone.localdate()
    node.save()
    return node


def plan(client, node, amount="1200000"):
    data = {"contractor": "中建一局", "work": "主体结构", "amount": amount}
    return client.post(f"/nodes/{node.pk}/payments/add/", data)


def release(client, payment):
    return client.post(f"/node-payments/{payment.pk}/release/", headers=ENGLISH)


@pytest.mark.spec("SVC-96")
def test_money_of_a_node_that_is_not_accepted_is_refused(
    node, pages, finance, engineering, project
) -> None:
    payer = pages(finance)
    assert plan(payer, node, "0").status_code == 422
    assert plan(pages(engineering), node).status_code == 403
    assert plan(payer, node).status_code == 302
    payment = NodePayment.objects.get()
    refused = release(payer, payment)
    assert refused.status_code == 409
    assert "is not accepted yet" in refused.content.decode()
    reached(node)
    assert accept(pages(engineering), node, "failed", "钢筋外露").status_code == 302
    refused = release(payer, payment)
    assert refused.status_code == 409
    assert "failed its acceptance" in refused.content.decode()
    held = payer.post(f"/node-payments/{payment.pk}/hold/", {"reason": "验收未通过"})
    assert held.status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.reason, payment.decided_by) == ("held", "验收未通过", finance)
    assert accept(pages(engineering), node).status_code == 302
    assert release(payer, payment).status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("released", "")
    assert release(payer, payment).status_code == 409
    page = text_of(payer, f"/projects/{project.pk}/nodes/")
    assert "1200000.00" in page
    assert "Passed" in page


@pytest.mark.spec("SVC-97")
def test_a_key_node_passes_with_an_outside_report_only(
    node, unit, buyer, pages, engineering, seller
) -> None:
    ConstructionNode.objects.filter(pk=node.pk).update(is_key=True)
    node.refresh_from_db()
    reached(node)
    browser = pages(engineering)
    refused = accept(browser, node)
    assert refused.status_code == 422
    assert "needs an outside report" in refused.content.decode()
    report = {
        "body": "independent",
        "organisation": "市建筑工程质量检测中心",
        "reported_on": f"{timezone.localdate():%Y-%m-%d}",
        "has_passed": "on",
        "issues": "3 处渗漏",
        "is_shown": "on",
        "paper": paper(),
    }
    url = f"/nodes/{node.pk}/reports/add/"
    assert browser.post(url, report | {"paper": ""}).status_code == 422
    assert not NodeReport.objects.exists()
    assert browser.post(url, report).status_code == 302
    row = NodeReport.objects.get()
    assert (row.has_passed, row.is_shown, row.media_type) == (True, True, "application/pdf")
    refused = accept(browser, node)
    assert refused.status_code == 422  # its issues are open
    node.refresh_from_db()
    assert node.result == ""
    assert browser.post(f"/node-reports/{row.pk}/close/", {"closure": " "}).status_code == 422
    close = {"closure": "已注浆，复查无渗漏"}
    assert browser.post(f"/node-reports/{row.pk}/close/", close).status_code == 302
    assert accept(browser, node).status_code == 302
    node.refresh_from_db()
    assert (node.result, node.accepted_by) == ("passed", engineering)
    page = text_of(pages(seller), f"/nodes/{node.pk}/")
    assert all(words in page for words in ("市建筑工程质量检测中心", "已注浆，复查无渗漏"))
    answer = pages(seller).get(f"/node-reports/{row.pk}/file/")
    assert answer.content == b"%PDF-1.7 report"
    assert accept(browser, node).status_code == 422  # it has passed already
    home = sold(node.building.units.first(), buyer, seller, contract_no="HT-1")
    page = text_of(pages(seller), f"/purchases/{home.pk}/building/")
    assert "市建筑工程质量检测中心" in page
    NodeReport.objects.update(is_shown=False)
    assert "检测中心" not in text_of(pages(seller), f"/purchases/{home.pk}/building/")


@pytest.mark.parametrize(
    ("is_key", "reports", "passes"),
    [
        (False, [], True),
        (True, [], False),
        (True, [Report(has_passed=False, has_open_issues=False)], False),
        (True, [Report(has_passed=True, has_open_issues=False)], True),
        (True, [Report(has_passed=True, has_open_issues=True)], False),
        (
            True,
            [
                Report(has_passed=True, has_open_issues=False),
                Report(has_passed=False, has_open_issues=True),
            ],
            False,
        ),
    ],
)
def test_what_lets_a_node_pass(is_key, reports, passes) -> None:
    assert may_pass(is_key=is_key, reports=reports) is passes


def test_a_node_not_reached_is_not_accepted_and_one_is_not_planned_twice(
    node, pages, engineering, project
) -> None:
    assert accept(pages(engineering), node).status_code == 422
    form = {
        "kind": "topping_out",
        "building": node.building_id,
        "planned_on": f"{timezone.localdate():%Y-%m-%d}",
    }
    url = f"/projects/{project.pk}/nodes/add/"
    twice = pages(engineering).post(url, form, headers=ENGLISH)
    assert twice.status_code == 422
    assert "has this node already" in twice.content.decode()
    assert pages(engineering).post(url, form | {"kind": "other"}).status_code == 422
    assert pages(engineering).post(url, form | {"kind": "facade"}).status_code == 302
    assert ConstructionNode.objects.count() == 2


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_of_nodes_asks_as_often_for_20_as_for_1(
    project, pages, engineering, django_assert_num_queries, number
) -> None:
    ConstructionNode.objects.bulk_create(
        ConstructionNode(
            project=project, kind="other", name=f"节点{place}", planned_on=timezone.localdate()
        )
        for place in range(number)
    )
    browser = pages(engineering)
    url = f"/projects/{project.pk}/nodes/"
    browser.get(url)
    with django_assert_num_queries(NODE_QUERIES):
        assert browser.get(url).status_code == 200


NODE_QUERIES = 5


def test_totals_by_state(node, pages, finance, project) -> None:
    from customers.works.payments import totals

    for amount in ("100", "50.50"):
        plan(pages(finance), node, amount)
    assert totals(project) == {
        "planned": Decimal("150.50"),
        "released": Decimal(0),
        "held": Decimal(0),
    }


@pytest.mark.parametrize("number", [1, 20])
def test_programs_read_nodes_in_as_many_queries(
    project, pages, engineering, number, django_assert_max_num_queries
) -> None:
    today = timezone.localdate()
    for one in range(number):
        ConstructionNode.objects.create(
            project=project, kind="other", name=f"节点 {one}", planned_on=today
        )
    program = pages(engineering)
    first = program.get("/api/v1/building-nodes/?reached=false").json()["results"]
    assert len(first) == number
    assert program.get("/api/v1/building-nodes/?reached=true").json()["results"] == []
    with django_assert_max_num_queries(4):
        program.get("/api/v1/building-nodes/")
