"""A consultant leaves: blocked, handed over, closed; the new one reads the briefing (CUS-50)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from crm_site.staff.models import OrgNode, User
from customers.models import Customer, Task
from tests.factories import (
    CustomerFactory,
    InteractionFactory,
    LeadFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = [pytest.mark.usefixtures("eager_jobs")]


@pytest.mark.spec("CUS-50")
@pytest.mark.check("A-08")
def test_a_consultant_leaving_with_hand_over(
    sellers: dict[str, User],
    sign_in: Callable[..., Any],
    open_page: Callable[..., Any],
    client_for: Callable[[User], Client],
    page_errors: Any,
    live_server: Any,
) -> None:
    page_errors.allow(409)
    lin, chen = sellers["lin"], sellers["chen"]
    for place in range(3):
        customer = CustomerFactory(owner=lin, name=f"顾客{place}")
        LeadFactory(customer=customer)
        TaskFactory(customer=customer)
        InteractionFactory(customer=customer, content="下周带父母来看", author=lin)
    admin = UserFactory(
        username="root", role="sysadmin", node=OrgNode.objects.get(kind="head_office")
    )
    leaver = sign_in(lin)
    page = open_page("/accounts/login/")
    session = client_for(admin).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(f"/staff/{lin.pk}/")
    page.get_by_role("button", name="停用账号").click()
    expect(page.locator("#work-open")).to_contain_text("客户")
    assert User.objects.get(pk=lin.pk).is_active

    boss = sign_in(sellers["supervisor"])
    boss.goto("/team/hand-over/")
    boss.get_by_role("link", name="林知夏").click()
    expect(boss.locator(f"#id_to_{chen.pk}")).to_have_value("3")
    boss.locator("#id_reason").fill("离职交接")
    boss.locator("form.card button[type=submit]").click()
    expect(boss.locator("main")).to_contain_text("下周带父母来看")
    assert Customer.objects.filter(owner=chen).count() == 3
    assert Task.objects.filter(source="handover", owner=chen, state="open").count() == 3

    page.goto(f"/staff/{lin.pk}/")
    page.get_by_role("button", name="停用账号").click()
    expect(page.locator("main")).to_contain_text("已停用")
    assert not User.objects.get(pk=lin.pk).is_active
    leaver.goto("/")
    assert "/accounts/login/" in leaver.url
