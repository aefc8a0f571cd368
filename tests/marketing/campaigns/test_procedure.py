"""The marketing plan of a project from brief to review: steps and who may sign."""

import pytest

from crm_site.approvals.models import Approval
from crm_site.outbox.models import Message
from marketing.campaigns.models import PlanningCase
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(client, org, marketer):
    brief = {
        "project": org.project_one.pk,
        "phase": "pre_launch",
        "owner": marketer.pk,
        "brief": "首开去化七成",
    }
    made = client.post("/marketing-plans/add/", brief)
    assert made.status_code == 302
    assert client.post("/marketing-plans/add/", brief).status_code == 409  # one at work
    return PlanningCase.objects.get()


@pytest.mark.spec("MKT-06")
def test_a_plan_takes_its_steps_in_order_and_only_an_executive_signs(
    client, client_for, org, begun, chief
) -> None:
    lead = make_user(org, "supervisor")
    url = f"/marketing-plans/{begun.pk}/"

    def state():
        begun.refresh_from_db()
        return begun.state

    assert client.post(url, {"words": ""}).status_code == 422
    assert client.post(url, {"words": "客群、渠道、预算、节奏"}).status_code == 302
    assert state() == "proposal"
    assert client.post(url, {"words": "例会通过,补竞品"}).status_code == 302
    assert state() == "review"
    assert client_for(lead).post(url, {}).status_code == 403
    assert client.post(url, {}).status_code == 302
    assert state() == "asked"
    assert client.post(url, {"words": "跳过审批"}).status_code == 409
    assert state() == "asked"
    approval = Approval.objects.get()
    signing = f"/approvals/{approval.pk}/sign/"
    for person in (lead, make_user(org, "finance")):
        refused = client_for(person).post(signing, {"digest": approval.digest})
        assert refused.status_code in (403, 404)
    assert client.post(signing, {"digest": approval.digest}).status_code in (403, 404)
    assert state() == "asked"
    signer = client_for(chief)
    assert signer.post(signing, {"digest": approval.digest}).status_code == 302
    assert state() == "approved"
    assert client.post(url, {"words": "案场、渠道、客服"}).status_code == 302
    assert state() == "handed_out"
    told = Message.objects.filter(kind="marketing-plan.handed_out")
    assert lead.pk in told.values_list("recipient", flat=True)
    assert client.post(url, {"words": "去化六成八,渠道偏弱"}).status_code == 302
    assert state() == "reviewed"
    assert client.post(url, {"words": "再来"}).status_code == 409
    words = client.get(url).content.decode()
    for part in ("首开去化七成", "客群、渠道、预算、节奏", "案场、渠道、客服", "去化六成八"):
        assert part in words
    assert begun.events.count() == 7


def test_a_refused_plan_goes_back_to_its_proposal(client, client_for, begun, chief) -> None:
    url = f"/marketing-plans/{begun.pk}/"
    for words in ("提案", "评审", ""):
        client.post(url, {"words": words})
    approval = Approval.objects.get()
    client_for(chief).post(f"/approvals/{approval.pk}/refuse/", {"reason": "预算偏高"})
    begun.refresh_from_db()
    assert (begun.state, begun.proposal) == ("proposal", "提案")
    assert client.post(url, {"words": "再评审"}).status_code == 302


def test_plans_of_another_project_are_not_there(client_for, org, begun) -> None:
    from tests.factories import UserFactory

    other = client_for(UserFactory(role="marketing", node=org.project_two.node))
    assert other.get(f"/marketing-plans/{begun.pk}/").status_code == 404
    assert other.get("/marketing-plans/").context["rows"] == []
