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
from customers.models import Building, Layout, Unit
from tests.access.cases import HANDOVER_CASES, Case, in_days
from tests.access.conftest import World
from tests.access.knocking import ADDRESSES
from tests.access.test_scope import MISSING, stripped
from tests.factories import CustomerFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-03")]
TRACES = ("audit_", "django_session", "common_answeredrequest")
EVERYBODYS = {  # what these point to is seen by whoever may use the form
    *("TagForm.tag", "PutTagForm.tag", "RetireForm.replacement", "RetireSerializer.replacement"),
    *("StartForm.playbook", "CustomCategoryForm.field", "OfferForm.to_project"),
    *("OfferCreateSerializer.to_project", "UserForm.node", "PlaceForm.node", "NodeForm.parent"),
}


def task(_world: World) -> dict[str, Any]:
    return {"title": "x", "kind": "other", "due_at": f"{in_days(1):%Y-%m-%dT%H:%M}"}


def meeting(world: World) -> dict[str, Any]:
    times = {"starts_at": f"{in_days(1):%Y-%m-%dT%H:%M}", "ends_at": f"{in_days(2):%Y-%m-%dT%H:%M}"}
    own = {"owner": world.people["consultant"].pk, "guests": [world.customer.pk]}
    return {"kind": "visit", "title": "x", **times, **own}


def care(_world: World) -> dict[str, Any]:
    days = {"every_days": 7, "minutes": 60, "time_of_day": "10:00"}
    return {"title": "x", "place": "x", "area": "x", "starts_on": f"{in_days(1):%Y-%m-%d}"} | days


def person(_world: World) -> dict[str, Any]:
    return {"name": "王强", "phone": "13700000009"}


def repriced(_world: World) -> dict[str, Any]:
    return {"change": "set", "amount": "20000", "floor_percent": "95"}


CASES: dict[str, Case] = HANDOVER_CASES | {
    "CustomerForm.project": Case("consultant", "/customers/add/", "project", "project", person),
    "AssignForm.owner": Case(
        "supervisor",
        "/customers/{customer}/assign/",
        "owner",
        "person",
        lambda _w: {"reason": "休假"},
    ),
    "MeetingForm.owner": Case("consultant", "/meetings/add/", "owner", "person", meeting),
    "MeetingForm.guests": Case(
        "consultant", "/meetings/add/", "guests", "customer", meeting, many=True
    ),
    "ActionForm.owner": Case(
        "consultant",
        "/meetings/{meeting}/hold/",
        "act-0-owner",
        "person",
        lambda _w: {
            "minutes_text": "x",
            "act-TOTAL_FORMS": 1,
            "act-INITIAL_FORMS": 0,
            "act-0-title": "x",
            "act-0-due_at": f"{in_days(1):%Y-%m-%dT%H:%M}",
        },
    ),
    "TaskForm.owner": Case("consultant", "/tasks/add/", "owner", "person", task),
    "TaskForm.customer": Case("consultant", "/tasks/add/", "customer", "customer", task),
    "UpkeepForm.customer": Case("consultant", "/upkeep/add/", "customer", "customer", care),
    "UpkeepForm.person": Case("consultant", "/upkeep/add/", "person", "person", care),
    "AcceptForm.owner": Case("leader_two", "/offers/{share}/accept/", "owner", "person"),
    "NewsForm.project": Case(
        "marketing", "/news/add/", "project", "project", lambda _w: {"title": "x", "body": "x"}
    ),
    "TagForm.owner": Case(
        "supervisor", "/tags/add/", "owner", "person", lambda _w: {"name": "x", "group": "need"}
    ),
    "OwnerForm.owner": Case(
        "supervisor",
        "/customers/bulk/",
        "owner",
        "person",
        lambda w: {"action": "assign", "reason": "x", "ids": [w.customer.pk]},
    ),
    "IntentForm.project": Case(
        "consultant",
        "/customers/{customer}/intents/add/",
        "project",
        "project",
        lambda _w: {"purpose": "own_use"},
    ),
    "RelationForm.other": Case(
        "consultant",
        "/customers/{customer}/relations/",
        "other",
        "customer",
        lambda _w: {"kind": "friend"},
    ),
    "EnquiryForm.project": Case(
        "consultant",
        "/customers/{customer}/enquiries/add/",
        "project",
        "project",
        lambda _w: {"source": "walk_in", "enquiry": "x", "capture_point": "front_desk"},
    ),
    "HoldForm.customer": Case(
        "consultant", "/units/{unit}/hold/", "customer", "customer", lambda _w: {"reason": "x"}
    ),
    "NewBuyerForm.new_buyer": Case(
        "consultant",
        "/purchases/{purchase}/change_name/",
        "new_buyer",
        "customer",
        lambda _w: {"reason": "x"},
    ),
    "NewUnitForm.unit": Case("consultant", "/purchases/{purchase}/change_unit/", "unit", "unit"),
    "ReservationCreateSerializer.customer": Case(
        "consultant", "reservations/", "customer", "customer", lambda w: {"unit": w.unit.pk}
    ),
    "ReservationCreateSerializer.unit": Case(
        "consultant", "reservations/", "unit", "unit", lambda w: {"customer": w.customer.pk}
    ),
    "PriceListForm.project": Case(
        "supervisor", "/prices/add/", "project", "project", lambda _w: {"reason": "x"}
    ),
    "RepriceForm.building": Case(
        "supervisor", "/prices/{list}/reprice/", "building", "building", repriced
    ),
    "RepriceForm.layout": Case(
        "supervisor", "/prices/{list}/reprice/", "layout", "layout", repriced
    ),
    "DiscountForm.customer": Case(
        "consultant",
        "/units/{unit}/discount/",
        "customer",
        "customer",
        lambda _w: {"asked_total": "1950000", "reason": "x"},
    ),
    "LetterForm.customer": Case(
        "consultant",
        "/units/{unit}/letter/",
        "customer",
        "customer",
        lambda _w: {"days": 9, "remedy": "x"},
    ),
    "CustomerCreateSerializer.project": Case(
        "consultant", "customers/", "project", "project", person
    ),
    "InteractionCreateSerializer.customer": Case(
        "consultant",
        "interactions/",
        "customer",
        "customer",
        lambda _w: {"channel": "phone", "result": "reached", "content": "x"},
    ),
    "PromiseCreateSerializer.customer": Case(
        "consultant", "promises/", "customer", "customer", lambda _w: {"kind": "try", "title": "x"}
    ),
    "RelationCreateSerializer.other": Case(
        "consultant",
        "customers/{customer}/relations/",
        "other",
        "customer",
        lambda _w: {"kind": "friend"},
    ),
    "IntentCreateSerializer.project": Case(
        "consultant",
        "customers/{customer}/intents/",
        "project",
        "project",
        lambda _w: {"purpose": "own_use"},
    ),
    "TagSerializer.owner": Case(
        "supervisor", "tags/", "owner", "person", lambda _w: {"name": "x", "group": "need"}
    ),
    "TaskCreateSerializer.owner": Case("consultant", "tasks/", "owner", "person", task),
    "TaskCreateSerializer.customer": Case("consultant", "tasks/", "customer", "customer", task),
    "MeetingCreateSerializer.owner": Case("consultant", "meetings/", "owner", "person", meeting),
    "MeetingCreateSerializer.guests": Case(
        "consultant", "meetings/", "guests", "customer", meeting, many=True
    ),
    "UpkeepCreateSerializer.customer": Case(
        "consultant", "upkeep-plans/", "customer", "customer", care
    ),
    "UpkeepCreateSerializer.person": Case("consultant", "upkeep-plans/", "person", "person", care),
    "OfferCreateSerializer.customer": Case(
        "consultant",
        "offers/",
        "customer",
        "customer",
        lambda w: {"to_project": w.org.project_two.pk, "reason": "x"},
    ),
    "AcceptSerializer.owner": Case("leader_two", "offers/{share}/accept/", "owner", "person"),
    "HandoverCreateSerializer.leaver": Case(
        "supervisor",
        "hand-overs/",
        "leaver",
        "person",
        lambda w: {
            "reason": "x",
            "shares": [{"receiver": w.people["consultant"].pk, "customers": 1}],
        },
    ),
    "ShareSerializer.receiver": Case(
        "supervisor",
        "hand-overs/",
        "shares",
        "share",
        lambda w: {"reason": "x", "leaver": w.people["consultant"].pk},
    ),
    "ActionSerializer.owner": Case(
        "consultant",
        "meetings/{meeting}/hold/",
        "actions",
        "action",
        lambda _w: {"minutes_text": "x"},
    ),
    "BehaviourEventSerializer.customer": Case(
        "local_marketing",
        "behaviour-events/",
        "customer",
        "customer",
        lambda _w: {
            "event_id": "e-1",
            "kind": "browsing",
            "facts": {"path": "/a"},
            "at": timezone.now().isoformat(),
        },
    ),
}
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
    return (one for one in _below(kind) if one.__module__.startswith(("customers.", "crm_site.")))


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
    unit = Unit.objects.create(
        project=project, building=building, floor=1, number="0101", forecast_area=90
    )
    layout = Layout.objects.create(project=project, name="三房")
    return {
        "person": person,
        "customer": customer,
        "project": project.pk,
        "building": building.pk,
        "layout": layout.pk,
        "unit": unit.pk,
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
        "batch": world.batch.pk,
        "group": world.group.pk,
    }
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
