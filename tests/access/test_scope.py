"""Nobody reaches, names or writes what lies outside their scope (A-02, A-03, A-04)."""

import re
import time
from statistics import median
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from crm_site.staff.sessions import CONFIRMED
from customers import querysets
from customers.models import BulkChangeItem, Customer, Interaction, Lead, Task
from tests.access.conftest import World, log_in
from tests.access.doors import DOORS
from tests.access.gates import MAY, SEES
from tests.access.knocking import ADDRESSES, ask
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
MISSING = 999_999_999
RECORDS = sorted(name for name, door in DOORS.items() if door.of)
NO_RECORD = {"number", "version"}  # integers in addresses that count rows of a record


# Where somebody works who has the right of a door and stands in another region.
ELSEWHERE = {
    "supervisor": "team_c",
    **dict.fromkeys(("marketing", "channel", "specialist", "engineering"), "project_three"),
    **dict.fromkeys(("agent", "service_manager", "finance", "executive"), "region_south"),
}
EVERYBODYS = {"tag", "approval"}  # words of the company; whoever may sign
# which stands above every record
ONLY_HEAD_OFFICE = {"customers:project-on-sale", "service:ticket-direct"}


def outsider(name: str) -> str:
    """Return somebody who has the right of the door and does not see the record behind it.

    ``… elsewhere`` where every role that may is one that sees the record of the world.
    """
    door = DOORS[name]
    able = set.union(*(MAY[gate.right] for gate in door.gates.values()))
    blind = able - SEES[door.of]
    if blind:
        return "consultant_c" if "consultant_c" in blind else min(blind)
    role = min(able & ELSEWHERE.keys(), default="")
    return f"{role} elsewhere" if role and door.of not in EVERYBODYS else ""


def client_of(world: World, who: str) -> Any:
    """Return the browser of somebody of the world, or of the same role in another region."""
    if who in world.clients:
        return proven(world.clients[who])
    role = who.removesuffix(" elsewhere")
    place = getattr(world.org, ELSEWHERE[role])
    return log_in(UserFactory(role=role, node=getattr(place, "node", place)))


def proven(client: Any) -> Any:
    """Return the browser of somebody who has just proved who it is, however old the world is."""
    session = client.session
    session[CONFIRMED] = timezone.now().timestamp()
    session.save()
    return client


def stripped(content: bytes) -> bytes:
    """Return a page without what differs by request: tokens, nonces, and the ids in addresses."""
    plain = re.sub(rb'(name="edit_base" value=")[^"]*', rb"\1", content)  # signed with the time
    return re.sub(rb"[0-9]+", b"0", re.sub(rb"[A-Za-z0-9_-]{20,}", b"token", plain))


@pytest.mark.check("A-02")
@pytest.mark.parametrize("name", [name for name in RECORDS if outsider(name)])
def test_hidden_record_is_answered_like_a_missing_one(world: World, name: str) -> None:
    """Whole pages, parts for htmx and JSON; with several records in an address one by one."""
    who = outsider(name)
    arguments = world.arguments(set(ADDRESSES[name]), DOORS[name].model)
    keys = [key for key, value in arguments.items() if isinstance(value, int)]
    gone = [arguments | {key: MISSING} for key in keys if key not in NO_RECORD]
    assert gone
    parts = (False,) if DOORS[name].is_api else (False, True)
    gone.append({key: MISSING if key in keys else value for key, value in arguments.items()})
    client = client_of(world, who)
    for method in sorted(DOORS[name].gates):
        for absent in gone:
            for part in parts:
                answers_alike(client, method, name, (arguments, absent), part=part)


def answers_alike(
    client: Any, method: str, name: str, pair: tuple[dict[str, Any], dict[str, Any]], *, part: bool
) -> None:
    """Assert that a record out of scope and one that does not exist get one answer."""
    with pytest.MonkeyPatch.context() as patch:
        if part:
            patch.setitem(client.defaults, "HTTP_HX_REQUEST", "true")
        shut, none = (ask(client, method, reverse(name, kwargs=each)) for each in pair)
    assert shut.status_code == none.status_code, (method, pair)
    assert shut.status_code in (404, 403)
    assert stripped(shut.content) == stripped(none.content)
    if DOORS[name].is_api:
        assert shut.content == none.content


def test_every_record_has_an_outsider_but_those_that_all_who_may_see() -> None:
    everybodys = {name for name in RECORDS if not outsider(name)}
    others = {name for name in everybodys if DOORS[name].of not in EVERYBODYS}
    assert others == ONLY_HEAD_OFFICE
    assert everybodys - others


@pytest.mark.check("A-02")
def test_without_the_scope_the_same_walk_opens_the_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with the scope switched off the record of another project is shown."""
    client = world.clients["consultant_c"]
    url = f"/api/v1/customers/{world.customer.pk}/"
    assert ask(client, "GET", url).status_code == 404
    monkeypatch.setattr(querysets, "scope_filter", lambda *_args, **_more: None)
    assert ask(client, "GET", url).status_code == 200


@pytest.mark.check("A-02")
@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("customers:promise-close", "entry_id"),
        ("customers:relation-remove", "relation_id"),
        ("api:relation-detail", "relation_id"),
        ("customers:news-told", "news_id"),
    ],
)
def test_a_record_of_others_is_not_reached_through_ones_own_customer(
    world: World, name: str, own: str
) -> None:
    """The customer in the address is one's own, what hangs below it is not."""
    mine = CustomerFactory(owner=world.people["consultant_c"])
    names = world.arguments(set(ADDRESSES[name]), DOORS[name].model) | {"customer_id": mine.pk}
    client = world.clients["consultant_c"]
    method = next(iter(DOORS[name].gates))
    hidden = ask(client, method, reverse(name, kwargs=names))
    absent = ask(client, method, reverse(name, kwargs=names | {own: MISSING}))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert stripped(hidden.content) == stripped(absent.content)


@pytest.mark.check("A-02")
def test_ids_in_a_body_reach_nobody_out_of_scope(world: World) -> None:
    """A change of many touches those one sees, whatever ids are sent."""
    client = world.clients["consultant_c"]
    mine = CustomerFactory(owner=world.people["consultant_c"])
    form = {"action": "refuse_channel", "channel": "sms", "ids": [world.customer.pk, mine.pk]}
    with transaction.atomic():
        assert client.post("/customers/bulk/", form).status_code == 302
        assert list(BulkChangeItem.objects.values_list("customer", flat=True)) == [mine.pk]
        transaction.set_rollback(True)


@pytest.mark.check("A-02")
@pytest.mark.parametrize("path", ["/customers/{}/", "/api/v1/customers/{}/", "/api/v1/leads/{}/"])
def test_hidden_record_takes_as_long_as_a_missing_one(world: World, path: str) -> None:
    client = world.clients["consultant_c"]
    times: dict[int, list[float]] = {world.customer.pk: [], MISSING: []}
    for _ in range(50):
        for key, taken in times.items():
            start = time.process_time()
            assert client.get(path.format(key)).status_code == 404
            taken.append(time.process_time() - start)
    hidden, absent = (median(taken) for taken in times.values())
    assert abs(hidden - absent) < 0.020


@pytest.mark.check("A-02")
def test_hidden_records_are_in_no_list(world: World) -> None:
    client = world.clients["consultant_c"]
    for name in ("customers", "leads", "interactions", "tasks"):
        for query in ({}, {"customer": world.customer.pk}, {"owner": world.customer.owner_id}):
            rows = client.get(f"/api/v1/{name}/", query).json().get("results", [])
            assert rows == [], (name, query)
    for page in ("/customers/?view=all", "/customers/?q=欧阳", "/customers/?q=5678", "/pool/"):
        assert "欧阳文静" not in client.get(page).content.decode()


@pytest.mark.check("A-03")
@pytest.mark.parametrize(
    ("path", "field", "body"),
    [
        (
            "interactions",
            "customer",
            {"channel": "phone", "result": "reached", "content": "x"},
        ),
        ("customers", "project", {"name": "王强", "phone": "13700000001"}),
    ],
)
def test_reference_to_a_hidden_record_is_refused_like_an_unknown_one(
    world: World, path: str, field: str, body: dict[str, Any]
) -> None:
    client = world.clients["consultant_c"]
    hidden = getattr(world, field).pk
    before = Customer.objects.count(), Interaction.objects.count()

    def refused(key: int) -> str:
        answer = client.post(f"/api/v1/{path}/", body | {field: key}, "application/json")
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == [field]
        return str(answer.json()["errors"][field]).replace(str(key), "#")

    assert refused(hidden) == refused(MISSING) == refused(10**17)
    assert (Customer.objects.count(), Interaction.objects.count()) == before


@pytest.mark.check("A-03")
@pytest.mark.parametrize("path", ["leads", "tasks", "customers"])
def test_filter_by_a_hidden_owner_is_refused_like_an_unknown_one(world: World, path: str) -> None:
    client = world.clients["consultant_c"]

    def refused(key: int) -> tuple[int, str]:
        answer = client.get(f"/api/v1/{path}/", {"owner": key})
        return answer.status_code, str(answer.json()).replace(str(key), "#")

    assert refused(world.customer.owner_id) == refused(MISSING)


@pytest.mark.check("A-03")
def test_customer_cannot_be_given_to_somebody_outside_the_team(world: World) -> None:
    client = world.clients["supervisor"]
    url = f"/customers/{world.customer.pk}/assign/"
    for owner in (world.people["consultant_c"].pk, MISSING):
        answer = client.post(url, {"owner": owner, "reason": "休假"})
        assert answer.status_code == 422
    assert Customer.objects.get(pk=world.customer.pk).owner == world.people["consultant"]


FORBIDDEN: dict[str, Any] = {
    "owner": 1,
    "owner_id": 1,
    "role": "executive",
    "is_staff": True,
    "is_superuser": True,
    "grade": "A",
    "customer_class": "high_value",
    "version": 77,
    "region": 1,
    "region_id": 1,
    "team": 1,
    "project_id": 1,
    "completeness": 100,
    "created_at": "2000-01-01T00:00:00Z",
    "protected_until": "2099-01-01T00:00:00Z",
    "owned_since": "2000-01-01T00:00:00Z",
    "external_id": "x",
    "source": "referral",
    "tokens": ["x"],
    "phone_index": "00",
    "spending_power": 5,
    "backup": 1,
    "id": 4711,
}


@pytest.mark.check("A-04")
@pytest.mark.parametrize("field", sorted(set(FORBIDDEN) - {"version"}))
def test_change_of_a_field_outside_the_list_is_refused(world: World, field: str) -> None:
    before = Customer.objects.filter(pk=world.customer.pk).values().get()
    body = {"version": world.customer.version, "changes": {field: FORBIDDEN[field], "city": "杭州"}}
    answer = world.clients["consultant"].patch(
        f"/api/v1/customers/{world.customer.pk}/", body, "application/json"
    )
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert Customer.objects.filter(pk=world.customer.pk).values().get() == before


@pytest.mark.check("A-04")
def test_capture_with_every_other_field_changes_only_the_list(world: World) -> None:
    plain, stuffed = (
        world.clients["consultant"].post(
            "/api/v1/customers/",
            {"name": "王强", "phone": phone} | extra,
            "application/json",
        )
        for phone, extra in (
            ("13700000001", {}),
            ("13700000002", {k: v for k, v in FORBIDDEN.items() if k not in SETTABLE_AT_CAPTURE}),
        )
    )
    assert (plain.status_code, stuffed.status_code) == (201, 201)
    one, other = (
        Customer.objects.filter(pk=answer.json()["id"]).values().get()
        for answer in (plain, stuffed)
    )
    own = {"id", "phone", "phone_index", "phone_tail_index"}
    moments = {"created_at", "updated_at", "owned_since", "protected_until", "stage_since"}
    assert {k for k in one if bytes_free(one[k]) != bytes_free(other[k])} <= own | moments


SETTABLE_AT_CAPTURE = {"source", "external_id"}


def bytes_free(value: Any) -> Any:
    """Return what can be compared of a column."""
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.check("A-04")
@pytest.mark.parametrize("page", ["edit", "add"])
def test_page_form_ignores_other_fields(world: World, page: str) -> None:
    client = world.clients["consultant"]
    where = f"/customers/{world.customer.pk}/edit/" if page == "edit" else "/customers/add/"
    form = {"name": "王强", "phone": "13700000003", "version": world.customer.version}
    answer = client.post(where, FORBIDDEN | form)
    assert answer.status_code == 302
    saved = Customer.objects.get(name="王强")
    assert saved.owner == world.people["consultant"]
    assert saved.customer_class == "potential"
    assert saved.completeness < 100
    assert saved.region_id == world.customer.region_id


@pytest.mark.check("A-04")
@pytest.mark.parametrize("path", ["leads/{lead}/move/", "tasks/{task}/done/"])
def test_steps_change_only_their_own_columns(world: World, path: str) -> None:
    extra = {"owner": world.people["consultant_b"].pk, "customer": 1, "source": "x", "project": 1}
    url = f"/api/v1/{path.format(lead=world.lead.pk, task=world.task.pk)}"
    body = {"to": "contacted", "outcome": "x"} | extra
    assert world.clients["consultant"].post(url, body, "application/json").status_code == 200
    lead, task = Lead.objects.get(), Task.objects.get()
    assert (lead.owner, lead.source) == (world.people["consultant"], "walk_in")
    assert (task.owner, task.customer) == (world.people["consultant"], world.customer)


@pytest.mark.check("A-04")
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("sysadmin", "/staff/{}/place/"),
        ("sysadmin", "/staff/{}/deactivate/"),
        ("consultant_b", "/preferences/"),
        ("consultant_b", "/accounts/password/"),
    ],
)
def test_account_forms_give_no_rights(world: World, who: str, path: str) -> None:
    person = world.people["consultant_b"]
    extra = {"role": "executive", "is_staff": "1", "is_superuser": "1", "username": "boss"}
    form = {"node": world.org.team_b.pk, "density": "compact"} | extra
    with transaction.atomic():
        answer = world.clients[who].post(path.format(person.pk), form)
        assert answer.status_code in (204, 302, 422)
        person.refresh_from_db()
        assert (person.role, person.username) == ("consultant", "consultant_b")
        assert (person.is_staff, person.is_superuser) == (False, False)
        transaction.set_rollback(True)
    person.refresh_from_db()
