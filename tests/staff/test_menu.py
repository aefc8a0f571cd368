"""Every role of the company signs in and finds its own menu, and every link in it opens."""

import pytest
from django.urls import reverse

from crm_site.common import navigation
from crm_site.staff.rules.roles import ROLES
from tests.conftest import HOMES
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

READING = {"customers", "pool", "register-promises", "news", "meetings"}
ASKING = {"approvals-exchange.export_customer", "exports"}
SIGNING = {"approvals-exchange.approve_export", "exports"}
WORKING = READING | {"today", "tasks"}
# role -> entries of its menu
MENUS = {
    "consultant": WORKING | {"offers"},
    "supervisor": WORKING | ASKING | {"offers", "team", "imports", "policies", "claims"},
    "marketing": READING,
    "channel": READING | {"claims"},
    "agent": WORKING,
    "specialist": WORKING,
    "service_manager": WORKING | ASKING | {"team", "policies"},
    "engineering": set(),
    "finance": READING | ASKING | {"claims"},
    "executive": WORKING
    | SIGNING
    | {"offers", "team", "imports", "policies", "playbooks", "data-categories", "claims"},
    "head_office": READING | SIGNING | {"team", "policies", "claims"},
    "sysadmin": {"imports-staff", "staff", "organisation", "health"},
    "secadmin": {"staff-roles", "policies"},
    "auditor": {"audit", "data-categories"},
    "privacy": READING | {"data-categories"},
}
# Pages in the strip of another entry, for those who see that one.
STRIPS = {
    "customers": {"board", "unclosed", "strata"},
    "team": {"workload", "compare"},
    "news": {"texts"},
}
MORE = {
    "consultant": {"upkeep"},
    "supervisor": {"duplicates", "tags", "hand-over", "upkeep"},
    "executive": {"duplicates", "tags", "hand-over"},
    "marketing": {"tags"},
    "specialist": {"upkeep"},
    "service_manager": {"upkeep"},
}
WITHOUT_ACCOUNTS = {
    *("design", "procurement", "property_centre", "hr", "legal", "partner", "customer"),
}


def test_every_role_has_an_account_in_the_cast_or_no_right_at_all():
    cast = {"consultant" if key.startswith("consultant") else key for key in HOMES}
    assert cast == set(MENUS)
    assert set(ROLES) == cast | WITHOUT_ACCOUNTS
    for key in WITHOUT_ACCOUNTS:
        assert ROLES[key].may == frozenset()


@pytest.mark.spec("PLT-13")
@pytest.mark.parametrize("role", sorted(MENUS))
def test_menu_of_each_role(role, cast, client_for):
    client = client_for(cast[role])

    page = client.get("/accounts/password/")

    shown = {link.key: link.url for link in page.context["frame"].nav}
    optional = {"notifications"}
    assert shown.keys() - optional == MENUS[role]
    html = page.content.decode()
    for url in shown.values():
        assert f'href="{url}"' in html
        assert client.get(url).status_code == 200, url
    below = set().union(*(STRIPS.get(key, set()) for key in shown), MORE.get(role, set()))
    for key in below:
        answer = client.get(reverse(navigation._entries[key].url_name))
        assert answer.status_code == 200, key
        assert key in {link.key for link in answer.context["frame"].strip}
    hidden = set(navigation._entries) - shown.keys() - below
    for entry in (navigation._entries[key] for key in hidden):
        if reverse(entry.url_name) not in shown.values():
            # the start page sends on to the role's own; everything else is refused
            expected = 302 if entry.key == "today" else 403
            assert client.get(reverse(entry.url_name)).status_code == expected, entry.key


@pytest.mark.parametrize("role", sorted(WITHOUT_ACCOUNTS))
def test_role_without_rights_has_an_empty_menu(role, client_for, org):
    user = UserFactory(username=role, role=role, node=None)
    page = client_for(user).get("/accounts/password/")
    assert {link.key for link in page.context["frame"].nav} <= {"notifications", "today"}
