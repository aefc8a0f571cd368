"""The global search: groups, rights, masking, counted phone questions (B3)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.audit.models import AuditEvent
from crm_site.common.search_groups import is_long_enough
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
PANEL = ENGLISH | {"hx-request": "true"}


@pytest.fixture
def client(client_for, consultant):
    return client_for(consultant)


def panel(client, text):
    answer = client.get("/search/", {"q": text}, headers=PANEL)
    assert answer.status_code == 200
    return answer.content.decode()


def test_groups_show_what_one_may_see_at_most_eight_each(client, consultant, consultant_c):
    mine = CustomerFactory.create_batch(10, owner=consultant, name="欧阳文", tokens=["欧"])
    LeadFactory(customer=mine[0])
    TaskFactory(customer=mine[0], title="欧阳文回访")
    hidden = CustomerFactory(owner=consultant_c, name="欧阳文", tokens=["欧"])
    page = panel(client, "欧")
    assert page.count('href="/customers/') == 8 + 1
    assert page.count('href="/leads/') == 1
    assert hidden.get_absolute_url() not in page
    assert "<html" not in page


def test_four_digits_and_whole_numbers_find_masked_holders_and_are_audited(
    client_for, supervisor, consultant
):
    customer = CustomerFactory(owner=consultant, name="赵一", phone="+8613812345678")
    boss = client_for(supervisor)
    for text in ("5678", "13812345678", "138 1234 5678"):
        page = panel(boss, text)
        assert customer.get_absolute_url() in page
        assert "12345678" not in page.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    assert AuditEvent.objects.filter(kind="customer.searched_by_phone").count() == 3
    assert customer.get_absolute_url() not in panel(boss, "234567")


def test_pages_are_found_by_name_and_pinyin(client):
    page = client.get("/search/", {"q": "ggkhc"}, headers={"hx-request": "true"}).content.decode()
    assert 'href="/pool/"' in page
    assert 'href="/pool/"' in panel(client, "pool")
    assert 'href="/tags/"' not in panel(client, "tags")


def test_without_scripts_it_is_a_page_and_one_hit_opens_at_once(client, consultant):
    one = CustomerFactory(owner=consultant, name="赵一", phone="+8613812345678")
    answer = client.get("/search/", {"q": "13812345678"})
    assert (answer.status_code, answer.headers["Location"]) == (302, one.get_absolute_url())
    nothing = client.get("/search/", {"q": "没有此人"}, headers=ENGLISH)
    assert "Nothing found" in nothing.content.decode()


def test_too_little_text_asks_the_database_nothing_more(client, consultant):
    CustomerFactory(owner=consultant, name="z")
    with CaptureQueriesContext(connection) as captured:
        panel(client, "z")
    assert not [q for q in captured.captured_queries if "customers_" in q["sql"]]
    assert [is_long_enough(text) for text in ("", "z", "张", "zs")] == [False, False, True, True]


def test_roles_without_customers_find_pages_only(client_for, sysadmin, consultant):
    CustomerFactory(owner=consultant, name="系统", tokens=["系"])
    page = panel(client_for(sysadmin), "系")
    assert "/customers/" not in page
