"""Every field that points to a record takes only what one sees, and tells of nothing else (A-03).

A record out of scope is answered like one that does not exist: the same status, the same words, at
the same field, and nothing is written. Fields are found in the code; one that is not in the table
fails.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework import serializers

from customers.forms import CustomerEditForm
from customers.models import Building, ConstructionNode, Layout, Unit
from customers.purchase.services.holding import hold_unit
from service.care.models import CommunityGroup
from tests.access.cases import Case, in_days
from tests.access.conftest import World, promised
from tests.access.knocking import ADDRESSES
from tests.access.references import CASES, EVERYBODYS
from tests.access.test_scope import MISSING, stripped
from tests.access.world_of_campaigns import hidden_campaigns
from tests.access.world_of_channels import hidden_channels
from tests.access.world_of_content import hidden_content
from tests.access.world_of_messaging import hidden_messaging
from tests.access.world_of_planning import hidden_planning
from tests.access.world_of_promotions import hidden_promotions
from tests.factories import CustomerFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-03")]
# A policy that is read for the first time writes its first version.
TRACES = ("audit_", "django_session", "common_answeredrequest", "policies_policyversion")
# Named as a reference, but only ever read.
READ = {
    "ClockSerializer",
    "GuestSerializer",
    "PromiseSerializer",
    "RelationSerializer",
    "LoadSerializer",
}
NAMES = {"customer", "other", "owner", "project", "person", "leaver", "receiver", "guests", "lead"}


def _below(kind: Any) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _ours(kind: Any) -> Iterator[Any]:
    return (
        one
        for one in _below(kind)
        if one.__module__.startswith(
            ("customers.", "crm_site.", "service.", "analytics.", "marketing.")
        )
    )


def _points(name: str, one: Any) -> bool:
    if isinstance(one, forms.ModelChoiceField):
        return True
    if not isinstance(one, serializers.Field) or one.read_only:
        return False
    related = isinstance(one, serializers.RelatedField | serializers.ManyRelatedField)
    return related or (isinstance(one, serializers.IntegerField) and name in NAMES)


def declared() -> set[str]:
    """Return ``Class.field`` of every field of a form or serializer that points to a record."""
    kinds = [(form, getattr(form, "base_fields", {})) for form in _ours(forms.BaseForm)]
    shapes = [one for one in _ours(serializers.Serializer) if one.__name__ not in READ]
    kinds += [(shape, shape._declared_fields) for shape in shapes]
    return {
        f"{kind.__name__}.{name}"
        for kind, fields in kinds
        for name, one in fields.items()
        if _points(name, one)
    }


def test_every_reference_is_in_the_table() -> None:
    assert ADDRESSES  # the site map is read, and with it every form
    assert "project" not in CustomerEditForm.EDITABLE  # inherited, and never shown
    assert declared() - CASES.keys() - EVERYBODYS == {"CustomerEditForm.project"}


@pytest.fixture(scope="module")
def hidden(world: World) -> dict[str, int]:
    """Something of each kind in another region, which nobody of the cases sees."""
    south = UserFactory(role="consultant", node=world.org.team_c)
    person, customer = south.pk, CustomerFactory(owner=south).pk
    world.people["leader_two"] = UserFactory(role="supervisor", node=world.org.team_b)
    world.people["local_marketing"] = world.people["marketing"]
    project = world.org.project_three
    building = Building.objects.create(project=project, name="1栋")
    unit, sold = (
        Unit.objects.create(
            project=project, building=building, floor=1, number=number, forecast_area=90
        )
        for number in ("0101", "0102")
    )
    buyer = CustomerFactory(owner=south)
    purchase = hold_unit(unit=sold, customer=buyer, actor=south, now=timezone.now())
    layout = Layout.objects.create(project=project, name="三房")
    node = ConstructionNode.objects.create(
        project=project, kind="facade", planned_on=in_days(90).date()
    )
    return {
        "person": person,
        "customer": customer,
        "project": project.pk,
        "building": building.pk,
        "layout": layout.pk,
        "unit": unit.pk,
        "purchase": purchase.pk,
        "specialist": UserFactory(role="specialist", node=world.org.team_c).pk,
        "engineer": UserFactory(role="engineering", node=project.node).pk,
        "community": CommunityGroup.objects.create(project=project, name="球队", leader="x").pk,
        "node": node.pk,
        "manager": UserFactory(role="service_manager", node=world.org.region_south).pk,
        "place": project.node_id,
        "goal": promised(buyer).pk,
        **hidden_campaigns(project, south, world.service["budget_year"]),
        **hidden_channels(project),
        **hidden_content(project, south),
        **hidden_promotions(project, south, buyer),
        **hidden_planning(project, south),
        **hidden_messaging(project, south),
    }


def sent(world: World, case: Case, key: int) -> tuple[int, str, list[str]]:
    """Return status, body and what was written, for the reference pointing to ``key``."""
    from tests.access.conftest import log_in

    client = world.clients.get(case.who) or log_in(world.people[case.who])
    places = {
        "customer": world.customer.pk,
        "meeting": world.meeting.pk,
        "share": world.share.pk,
        "unit": world.unit.pk,
        "purchase": world.purchase.pk,
        "list": world.price_list.pk,
        "project": world.project.pk,
        "batch": world.batch.pk,
        "group": world.group.pk,
        **world.service,
    }
    places |= world.service
    path, is_api = case.path.format(**places), not case.path.startswith("/")
    special = {
        "share": [{"receiver": key, "customers": 1}],
        "action": [{"title": "x", "owner": key, "due_at": in_days(1).isoformat()}],
    }
    value = special.get(case.of, [key] if case.many else key)
    body = case.body(world) | {case.name: value}
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        if is_api:
            more = {"headers": {"Idempotency-Key": f"{case.path}{key}"[:50]}}
            answer = client.post(f"/api/v1/{path}", json.dumps(body), "application/json", **more)
        else:
            answer = client.post(path, body)
        transaction.set_rollback(True)
    wrote = [
        query["sql"][:80]
        for query in queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
        and not any(trace in query["sql"] for trace in TRACES)
    ]
    text = stripped(answer.content).decode()
    return answer.status_code, text, wrote


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_record_out_of_scope_is_answered_like_none(
    world: World, hidden: dict[str, int], name: str
) -> None:
    case = CASES[name]
    of = {"share": "person", "action": "person"}.get(case.of, case.of)
    shut, none = sent(world, case, hidden[of]), sent(world, case, MISSING)
    assert shut == none
    status, text, wrote = shut
    assert (status, wrote) == (422 if case.path.startswith("/") else 400, [])
    if not case.path.startswith("/"):
        named = {"share": "receiver", "action": "owner"}.get(case.of, case.name)
        assert f'"errors":{{"{named}":' in text


def test_without_the_scope_the_record_of_others_is_taken(
    world: World, hidden: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with the scope switched off the task for a hidden customer is made."""
    from customers import querysets

    monkeypatch.setattr(querysets, "scope_filter", lambda *_args, **_more: None)
    case = CASES["TaskCreateSerializer.customer"]
    status, _text, wrote = sent(world, case, hidden["customer"])
    assert status == 201
    assert any("customers_task" in line for line in wrote)
