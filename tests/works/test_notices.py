"""A node that is reached drafts a notice; signed, it goes to everybody with a signed contract."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from customers.models import Interaction, ProgressNotice, PurchaseParty
from customers.works import choices
from customers.works.notices import KIND
from tests.factories import CustomerFactory
from tests.tools import ENGLISH, text_of
from tests.works.conftest import agreed, upload

pytestmark = pytest.mark.django_db


def reach(client, node, on=None):
    day = on or timezone.localdate()
    return client.post(f"/nodes/{node.pk}/reach/", {"on": f"{day:%Y-%m-%d}"}, headers=ENGLISH)


def at_noon(days: int = 1) -> datetime:
    now = timezone.localtime() + timedelta(days=days)
    return now.replace(hour=12, minute=0)


@pytest.mark.spec("SVC-75")
def test_a_node_reached_makes_the_draft_that_goes_to_all_signed_customers(
    node, buyers, pages, engineering, specialist, executive, seller
) -> None:
    named = dict(choices.NODES)
    assert {"topping_out", "scaffold"} <= named.keys()
    assert len(named) > 2
    wife = agreed(CustomerFactory(owner=seller, name="周敏"))
    bought = buyers[0].purchases.get()
    PurchaseParty.objects.create(purchase=bought, customer=wife, role="co_buyer")
    assert reach(pages(engineering), node).status_code == 302
    notice = ProgressNotice.objects.get()
    assert (notice.node, notice.state) == (node, "draft")
    assert notice.title == "云栖里：封顶"
    assert "3栋" in notice.body
    url = f"/progress-notices/{notice.pk}/"
    page = text_of(pages(specialist), url)
    assert "4 customers" in page
    assert all(name in page for name in ("高雅琴", "钱进", "孙立", "周敏"))
    assert "李想" not in page  # only subscribed
    assert not Message.objects.filter(kind=KIND).exists()
    refused = pages(specialist).post(f"{url}submit/", headers=ENGLISH)
    assert refused.status_code == 409
    assert "Add the photo" in refused.content.decode()
    photo = pages(specialist).post(f"{url}photo/add/", {"photo": upload()})
    assert photo.status_code == 302
    assert pages(seller).get(f"{url}photo/")["Content-Type"] == "image/png"
    form = pages(specialist).get(f"{url}edit/").context["form"]
    words = {"title": "3栋主体封顶", "body": "您的家封顶了。", "edit_base": form.edit_base}
    assert pages(specialist).post(f"{url}edit/", words).status_code == 302
    assert pages(specialist).post(f"{url}submit/").status_code == 302
    approval = Approval.objects.get(kind=KIND)
    signing = f"/approvals/{approval.pk}/sign/"
    assert pages(specialist).post(signing, {"digest": approval.digest}).status_code == 403
    assert not Message.objects.filter(kind=KIND).exists()
    assert pages(executive).post(signing, {"digest": approval.digest}).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.told) == ("sent", 4)
    told = Message.objects.filter(kind=KIND)
    keys = {str(one.pk) for one in (*buyers[:3], wife)}
    assert set(told.values_list("addressee_id", flat=True)) == keys
    assert {message.params["title"] for message in told} == {"3栋主体封顶"}
    deliver_due(now=at_noon())
    states = dict(told.values_list("addressee_id", "state"))
    assert states.pop(str(buyers[1].pk)) == "suppressed"  # agreed to nothing
    assert set(states.values()) == {"sent"}
    line = Interaction.objects.get(customer=buyers[0])
    assert (line.content, line.is_automatic) == ("3栋主体封顶", True)
    page = text_of(pages(specialist), url)
    assert "3 delivered, 1 held back" in page


def test_quiet_hours_keep_a_notice_until_the_morning(
    node, buyers, pages, engineering, specialist, executive
) -> None:
    reach(pages(engineering), node)
    notice = ProgressNotice.objects.get()
    url = f"/progress-notices/{notice.pk}/"
    pages(specialist).post(f"{url}photo/add/", {"photo": upload()})
    pages(specialist).post(f"{url}submit/")
    approval = Approval.objects.get(kind=KIND)
    pages(executive).post(f"/approvals/{approval.pk}/sign/", {"digest": approval.digest})
    night = at_noon().replace(hour=23)
    deliver_due(now=night)
    message = Message.objects.get(kind=KIND, addressee_id=str(buyers[0].pk))
    assert message.state == "waiting"
    assert timezone.localtime(message.next_attempt_at).hour == 8


def test_a_refused_notice_is_a_draft_again_and_nothing_is_sent(
    node, buyers, pages, engineering, specialist, executive
) -> None:
    reach(pages(engineering), node)
    notice = ProgressNotice.objects.get()
    url = f"/progress-notices/{notice.pk}/"
    pages(specialist).post(f"{url}photo/add/", {"photo": upload()})
    pages(specialist).post(f"{url}submit/")
    assert pages(specialist).post(f"{url}submit/").status_code == 409
    approval = Approval.objects.get(kind=KIND)
    pages(executive).post(f"/approvals/{approval.pk}/refuse/", {"reason": "照片不清"})
    notice.refresh_from_db()
    assert (notice.state, notice.approval) == ("draft", None)
    assert not Message.objects.filter(kind=KIND).exists()
    assert pages(specialist).post(f"{url}submit/").status_code == 302


def test_a_node_is_reached_once_and_not_tomorrow(node, pages, engineering, seller) -> None:
    later = timezone.localdate() + timedelta(days=1)
    assert reach(pages(engineering), node, later).status_code == 422
    assert reach(pages(seller), node).status_code == 403
    node.refresh_from_db()
    assert (node.reached_on, ProgressNotice.objects.count()) == (None, 0)
    assert reach(pages(engineering), node).status_code == 302
    again = reach(pages(engineering), node)
    assert again.status_code == 422
    assert "reached already" in again.content.decode()
    assert ProgressNotice.objects.count() == 1


def test_other_buildings_are_not_told(node, buyers, pages, engineering, project, seller) -> None:
    from customers.models import Building, Unit
    from customers.works.notices import audience_of
    from tests.works.conftest import sold

    other = Building.objects.create(project=project, name="5栋")
    home = Unit.objects.create(
        project=project, building=other, floor=1, number="0101", forecast_area=90
    )
    sold(home, CustomerFactory(owner=seller), seller, contract_no="HT-9")
    reach(pages(engineering), node)
    audience = audience_of(ProgressNotice.objects.get(), now=timezone.now())
    assert [one.name for one in audience.customers] == ["高雅琴", "钱进", "孙立"]
