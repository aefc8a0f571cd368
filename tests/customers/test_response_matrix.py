"""Complexity and urgency decide who answers within what time (CUS-48)."""

import pytest
from django.urls import reverse

from crm_site.policies.errors import ShapeError
from crm_site.policies.registry import policy_kind
from crm_site.policies.shapes import to_json
from customers.models import Customer, Lead, Task
from customers.service_policy import MATRIX, PACKAGES
from tests.customers.test_service_packages import put_in_force

pytestmark = pytest.mark.django_db
JSON = "application/json"
EXPECTED = [
    ("simple", "routine", "front_desk", 120, "consultant"),
    ("simple", "urgent", "front_desk", 30, "consultant"),
    ("standard", "routine", "senior", 180, "supervisor"),
    ("standard", "urgent", "senior", 60, "supervisor"),
    ("complex", "routine", "specialist", 240, "specialist"),
    ("complex", "urgent", "manager", 120, "executive"),
]


@pytest.mark.spec("CUS-48")
@pytest.mark.parametrize(("complexity", "urgency", "level", "minutes", "person"), EXPECTED)
def test_each_cell_gives_level_limit_and_person(
    cast, client_for, complexity, urgency, level, minutes, person
):
    client = client_for(cast["consultant"])
    form = {"name": "王浩然", "phone": "13800138000", "source": "walk_in", "enquiry": "贷款怎么办"}
    form |= {"urgency": urgency, "complexity": complexity}
    url = reverse("customers:customer-add")
    assert 'name="urgency"' in client.get(url).content.decode()
    assert client.post(url, form).status_code == 302
    lead = Lead.objects.get()
    clock = lead.clocks.get(kind="response")
    assert (lead.level, clock.limit_minutes, clock.basis) == (level, minutes, "working")
    task = Task.objects.get(source="response")
    assert (task.owner, task.due_at, task.lead) == (cast[person], clock.due_at, lead)
    if cast[person].has_perm("customers.work_tasks"):
        page = client_for(cast[person]).get(reverse("customers:task-list")).content.decode()
        assert task.title in page
    api = client.get(f"/api/v1/leads/{lead.pk}/").json()
    assert (api["urgency"], api["complexity"], api["level"]) == (urgency, complexity, level)


@pytest.mark.parametrize(("complexity", "urgency", "level", "minutes", "_person"), EXPECTED)
def test_the_api_takes_the_rating_too(
    cast, client_for, complexity, urgency, level, minutes, _person
):
    entry = {"name": "李四", "phone": "13800138000", "urgency": urgency, "complexity": complexity}
    client = client_for(cast["consultant"])
    assert client.post("/api/v1/customers/", entry, content_type=JSON).status_code == 201
    lead = Lead.objects.get()
    assert (lead.level, lead.clocks.get(kind="response").limit_minutes) == (level, minutes)


def test_urgency_alone_starts_the_limit_of_its_class(cast, client_for):
    client, minutes = client_for(cast["consultant"]), {}
    for n, urgency in enumerate(("urgent", "routine", "")):
        entry = {"name": "李四", "phone": f"1380013800{n}", "urgency": urgency}
        assert client.post("/api/v1/customers/", entry, content_type=JSON).status_code == 201
        clock = Lead.objects.latest("pk").clocks.filter(kind="response").first()
        minutes[urgency] = clock.limit_minutes if clock else None
    assert minutes == {"urgent": 120, "routine": 240, "": None}
    assert Task.objects.filter(source="response").count() == 0


def test_an_unknown_rating_is_refused_and_nothing_is_written(cast, client_for):
    client = client_for(cast["consultant"])
    bad = {"name": "李四", "phone": "13800138000", "urgency": "soon", "complexity": "simple"}
    assert client.post("/api/v1/customers/", bad, content_type=JSON).status_code == 400
    bad |= {"source": "walk_in", "urgency": "urgent", "complexity": "odd"}
    assert client.post(reverse("customers:customer-add"), bad).status_code == 422
    assert (Customer.objects.count(), Lead.objects.count()) == (0, 0)


def test_a_senior_consultant_gets_a_customer_nobody_has(org, cast, client_for, now):
    put_in_force(PACKAGES, now, seniors=["consultant_b"])
    entry = {"name": "李四", "phone": "13800138000", "urgency": "urgent"}
    entry |= {"complexity": "standard", "project": org.project_one.pk}
    client = client_for(cast["agent"])
    assert client.post("/api/v1/customers/", entry, content_type=JSON).status_code == 201
    customer, lead = Customer.objects.get(), Lead.objects.get()
    assert (customer.owner, lead.owner, lead.state) == (
        cast["consultant_b"],
        cast["consultant_b"],
        "assigned",
    )
    assert Task.objects.get(source="response").owner == cast["consultant_b"]


@pytest.mark.parametrize("fault", ["missing", "twice", "long"])
def test_the_matrix_is_whole(fault):
    kind = policy_kind(MATRIX)
    cells = to_json(kind.default)["cells"]
    if fault == "missing":
        cells = cells[1:]
    elif fault == "twice":
        cells = [*cells, cells[0]]
    else:
        cells = [cells[0] | {"minutes": 24 * 60 + 1}, *cells[1:]]
    with pytest.raises(ShapeError) as refused:
        kind.read({"cells": cells})
    assert list(refused.value.errors) == ["cells"]
