"""Every role sees the customers of its place and no others, at pages and API alike."""

from typing import Any

import pytest

from crm_site.staff.models import User
from customers.models import Customer
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory, UserFactory

SCOPES = {  # who sees which of the customers of test_scope_of_every_role
    "consultant": {"own", "pool one"},
    "supervisor": {"own", "colleague"},
    "marketing": {"own", "colleague", "other team", "pool one"},
    "channel": {"own", "colleague", "other team", "pool one"},
    "specialist": {"own", "colleague", "other team", "pool one"},
    "agent": {"own", "colleague", "other team", "pool one", "project two"},
    "service_manager": {"own", "colleague", "other team", "pool one", "project two"},
    "finance": {"own", "colleague", "other team", "pool one", "project two"},
    "executive": {"own", "colleague", "other team", "pool one", "project two"},
    "head_office": {"own", "colleague", "other team", "pool one", "project two", "south"},
    "privacy": {"own", "colleague", "other team", "pool one", "project two", "south"},
}
BLIND = ("engineering", "sysadmin", "secadmin", "auditor")


@pytest.fixture
def company(org: Any, consultant: Any, consultant_b: Any, consultant_c: Any) -> dict[str, Customer]:
    """One customer, with a lead and a task, in every kind of place."""
    other_team = UserFactory(node=org.team_a2)
    south = UserFactory(node=org.team_c)
    pool = {"project_id": org.project_one.node_id, "region_id": org.region_east.pk}
    made = {
        "own": CustomerFactory(owner=consultant),
        "colleague": CustomerFactory(owner=consultant_b),
        "other team": CustomerFactory(owner=other_team),
        "project two": CustomerFactory(owner=consultant_c),
        "south": CustomerFactory(owner=south),
        "pool one": CustomerFactory(owner=None, **pool),
    }
    for customer in made.values():
        LeadFactory(customer=customer)
    return made


@pytest.mark.spec("PLT-02", "PLT-14")
@pytest.mark.parametrize("role", sorted(SCOPES))
def test_scope_of_every_role(company: Any, org: Any, client_for: Any, role: str) -> None:
    """Lists, records and leads show the same customers: those of the role's place."""
    user = User.objects.filter(username=role).first() or make_user(org, role)
    client = client_for(user)
    expected = {company[name].pk for name in SCOPES[role]}
    listed = {row["id"] for row in client.get("/api/v1/customers/").json()["results"]}
    leads = {row["customer"] for row in client.get("/api/v1/leads/").json()["results"]}
    opened = {
        customer.pk
        for customer in company.values()
        if client.get(f"/customers/{customer.pk}/").status_code == 200
    }
    read = {
        customer.pk
        for customer in company.values()
        if client.get(f"/api/v1/customers/{customer.pk}/").status_code == 200
    }
    assert (listed, leads, opened, read) == (expected,) * 4


@pytest.mark.spec("PLT-02")
@pytest.mark.parametrize("role", BLIND)
def test_roles_without_customer_data_see_none(
    company: Any, org: Any, client_for: Any, role: str
) -> None:
    client = client_for(make_user(org, role))
    for path in ("/customers/", "/pool/", "/api/v1/customers/", "/api/v1/leads/"):
        assert client.get(path).status_code == 403
    pk = company["own"].pk
    for path in (f"/customers/{pk}/", f"/api/v1/customers/{pk}/"):
        assert client.get(path).status_code == 403


@pytest.mark.spec("PLT-14")
def test_user_of_a_region_sees_its_projects_only(org: Any, client_for: Any) -> None:
    def projects(role: str, node: Any) -> list[str]:
        rows = client_for(UserFactory(role=role, node=node)).get("/api/v1/projects/").json()
        return [row["code"] for row in rows["results"]]

    assert projects("executive", org.region_east) == ["jiangnanli", "yunqili"]
    assert projects("executive", org.region_south) == ["binhaiwan"]
    assert projects("head_office", org.head) == ["binhaiwan", "jiangnanli", "yunqili"]
    assert projects("marketing", org.project_one.node) == ["yunqili"]
