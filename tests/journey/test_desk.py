"""The customer desk sees one menu with its eight functions, each a page that opens (CUS-72)."""

import pytest

from crm_site.outbox.models import Message
from crm_site.registers.models import RegisterEntry
from customers.journey.desk import FUNCTIONS
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.spec("CUS-72")
def test_the_desk_sees_one_menu_with_eight_functions_that_open(agent, client_for) -> None:
    browser = client_for(agent)
    page = browser.get("/desk/functions/")
    assert [function.key for function in page.context["functions"]] == [
        *("files", "feedback", "sales", "mortgage", "sites", "data", "archive", "reception")
    ]
    addresses = [function.url for function in FUNCTIONS]
    assert len(set(addresses)) == 8
    text = page.content.decode()
    for address in addresses:
        assert f'href="{address}"' in text
        assert browser.get(address).status_code == 200
    assert 'href="/desk/functions/"' in browser.get("/customers/").content.decode()


def test_who_does_not_work_at_the_desk_does_not_open_it(consultant, client_for) -> None:
    browser = client_for(consultant)
    assert browser.get("/desk/functions/").status_code == 403
    assert browser.get("/registers/reception-log/").status_code in (403, 404)
    assert 'href="/desk/functions/"' not in browser.get("/customers/").content.decode()


def test_a_notice_reaches_everybody_who_sells_at_the_project(
    agent, org, seller, boss, project, client_for
) -> None:
    away = UserFactory(node=org.team_a, is_active=False)
    elsewhere = UserFactory(node=org.team_b)
    form = {
        "project": project.pk,
        "title": "按揭资料",
        "body": "本周五前补齐",
        "idempotency_key": "a",
    }
    assert client_for(agent).post("/desk/notice/", form).status_code == 302
    told = set(Message.objects.filter(kind="desk.notice").values_list("recipient", flat=True))
    assert {seller.pk, boss.pk} <= told
    assert not told & {away.pk, elsewhere.pk, agent.pk}


def test_a_notice_with_a_phone_number_is_refused(agent, seller, project, client_for) -> None:
    form = {"project": project.pk, "title": "客户", "body": "请回电13912345678"}
    answer = client_for(agent).post("/desk/notice/", form | {"idempotency_key": "a"})
    assert answer.status_code == 422
    assert not Message.objects.filter(kind="desk.notice").exists()


def test_the_two_registers_of_the_desk_take_entries(agent, client_for) -> None:
    browser = client_for(agent)
    advert = {
        "title": "五一广告",
        "kind": "advert",
        "published_on": "2026-05-01",
        "source": "晚报",
        "content": "云栖里加推",
        "owner": agent.pk,
        "idempotency_key": "a",
    }
    assert browser.post("/registers/sales-archive/add/", advert).status_code == 302
    visit = {
        "title": "来访客户",
        "came_on": "2026-05-02",
        "way": "visit",
        "request": "咨询按揭",
        "received_by": agent.name,
        "owner": agent.pk,
        "idempotency_key": "b",
    }
    assert browser.post("/registers/reception-log/add/", visit).status_code == 302
    assert set(RegisterEntry.objects.values_list("register", flat=True)) == {
        "sales-archive",
        "reception-log",
    }
