"""No way to the hidden digits of a phone number, for anybody who sees it masked (A-24, A-25)."""

import re
from typing import Any

import pytest

from customers.models import Customer
from tests.access.gates import MAY
from tests.conftest import HOMES, make_user
from tests.factories import (
    CustomerFactory,
    InteractionFactory,
    LeadFactory,
    TaskFactory,
)

PHONE = "+8613983746152"
SHOWN = "139 **** 6152"
HIDDEN = "8374"
MASKED = sorted(MAY["see customers"] - {"consultant"})


@pytest.fixture
def customers(org: Any, consultant: Any) -> dict[str, Customer]:
    """A customer of a consultant, one in the pool, and neighbours by number on both sides."""
    place = {"project_id": org.project_one.node_id, "region_id": org.region_east.pk}
    made = {
        "below": CustomerFactory(owner=consultant, name="李一", phone="+8613900000001"),
        "own": CustomerFactory(owner=consultant, name="欧阳文静", phone=PHONE),
        "above": CustomerFactory(owner=consultant, name="李二", phone="+8613999999999"),
        "pool": CustomerFactory(owner=None, name="王强", phone="+8613983740007", **place),
        "pool 2": CustomerFactory(owner=None, name="赵敏", phone="+8613900000008", **place),
    }
    for customer in made.values():
        LeadFactory(customer=customer)
        InteractionFactory(customer=customer)
        TaskFactory(customer=customer, owner=consultant)
    return made


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+")
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,}")


def digits(text: str, url: str = "") -> str:
    """Return what is shown, without times, tokens, what ``url`` itself asks for, and spaces."""
    shown = TOKEN.sub("", MOMENT.sub("", text))
    asked = url.partition("?q=")[2]
    if asked.isdigit():
        for before, after in (('value="', '"'), ("=", ""), ("", "<"), ("“", "”")):
            shown = shown.replace(f"{before}{asked}{after}", "")
    return shown.replace(" ", "").replace("-", "").replace("&nbsp;", "")


ASKED = [
    "",
    "?view=all",
    "?q=欧阳",
    "?q=6152",
    "?q=13983746152",
    "?q=8374",
    "?order=phone",
    "?ordering=phone",
    "?phone__startswith=139",
    "?phone__gt=%2B861390",
]
LISTS = [f"/api/v1/customers/{query}" for query in ASKED]
LISTS += [f"/customers/{query}" for query in ASKED]
LISTS += ["/pool/", "/", "/team/", "/notifications/"]
LISTS += [f"/api/v1/{name}/" for name in ("leads", "tasks", "interactions")]
RECORDS = ("/customers/{}/", "/customers/{}/edit/", "/customers/{}/grade/", "/customers/{}/quick/")


@pytest.mark.check("A-24", "A-05")
@pytest.mark.parametrize("role", MASKED)
def test_hidden_digits_are_in_no_answer(
    customers: Any, org: Any, client_for: Any, role: str
) -> None:
    client = client_for(user_of(org, role))
    keys = [customers[name].pk for name in ("own", "pool")]
    records = [path.format(pk) for pk in keys for path in (*RECORDS, "/api/v1/customers/{}/")]
    shown = 0
    for url in [*LISTS, *records]:
        text = client.get(url).content.decode()
        assert HIDDEN not in digits(text, url), url
        shown += SHOWN in text or "139 **** 0007" in text
    assert (shown > 0) == (role != "consultant_c")  # who sees nothing of this project at all


def user_of(org: Any, role: str) -> Any:
    from crm_site.staff.models import User

    return User.objects.filter(username=role).first() or make_user(org, role)


@pytest.mark.check("A-24")
def test_errors_and_duplicate_warnings_do_not_show_the_number(
    customers: Any, supervisor: Any, client_for: Any
) -> None:
    client = client_for(supervisor)
    pk, version = customers["own"].pk, customers["own"].version
    answers = [
        client.post("/api/v1/customers/", {"name": "x", "phone": "139"}, "application/json"),
        client.patch(
            f"/api/v1/customers/{pk}/",
            {"version": version + 1, "changes": {"city": "杭州"}},
            "application/json",
        ),
        client.patch(
            f"/api/v1/customers/{customers['below'].pk}/",
            {"version": version, "changes": {"id_number": "1"}},
            "application/json",
        ),
        client.post(f"/customers/{pk}/edit/", {"name": "欧阳", "version": 99, "city": "x"}),
        client.post(f"/customers/{pk}/phone/", {"reason": ""}),
    ]
    for answer in answers:
        assert answer.status_code in (400, 409, 422)
        assert HIDDEN not in digits(answer.content.decode())


@pytest.mark.check("A-24")
def test_roles_that_never_see_a_number_get_none_for_a_reason(
    customers: Any, marketing: Any, client_for: Any
) -> None:
    client = client_for(marketing)
    pk = customers["own"].pk
    reason = {"reason": "客户要求回电"}
    assert client.post(f"/customers/{pk}/phone/", reason).status_code == 403
    answer = client.post(f"/api/v1/customers/{pk}/phone/", reason, "application/json")
    assert answer.status_code == 403


@pytest.mark.check("A-24")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("139 8374 6152", {"own"}),
        ("13983746152", {"own"}),
        ("+86 139-8374-6152", {"own"}),
        ("6152", {"own"}),
        ("8374", set()),
        ("1398374", set()),
        ("83746152", set()),
        ("139837461", set()),
        ("1398374615", set()),
        ("139", set()),
        ("139%", set()),
        ("_____746152", set()),
    ],
)
def test_numbers_are_found_whole_or_by_their_last_four(
    customers: Any, marketing: Any, client_for: Any, text: str, found: set[str]
) -> None:
    client = client_for(marketing)
    answer = client.get("/api/v1/customers/", {"q": text})
    assert answer.status_code == 200
    assert {row["id"] for row in answer.json()["results"]} == {customers[n].pk for n in found}
    page = client.get("/customers/", {"q": text}, follow=True).content.decode()
    assert ("欧阳文静" in page) == bool(found)


@pytest.mark.check("A-24")
def test_whole_number_of_a_customer_out_of_scope_finds_nothing(
    customers: Any, consultant_c: Any, client_for: Any
) -> None:
    client = client_for(consultant_c)
    for text in ("13983746152", "6152"):
        assert client.get("/api/v1/customers/", {"q": text}).json()["results"] == []


@pytest.mark.check("A-24")
def test_numbers_asked_for_are_counted_and_the_thirty_first_waits(
    customers: Any, marketing: Any, client_for: Any
) -> None:
    from crm_site.audit.models import AuditEvent

    client = client_for(marketing)
    answers = [client.get("/api/v1/customers/", {"q": f"1398374{n:04d}"}) for n in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    events = AuditEvent.objects.filter(kind="customer.searched_by_phone")
    assert events.count() == 30
    assert not any("1398374" in str(event.facts) for event in events)


@pytest.mark.check("A-24")
def test_numbers_cannot_be_tried_out_by_editing(
    customers: Any, consultant: Any, client_for: Any
) -> None:
    """Writing a number that somebody has is refused; so tries count like questions."""
    client = client_for(consultant)
    url = f"/api/v1/customers/{customers['below'].pk}/"
    statuses = []
    for turn in range(31):
        version = Customer.objects.get(pk=customers["below"].pk).version
        body = {"version": version, "changes": {"phone": f"1398374{turn:04d}"}}
        statuses.append(client.patch(url, body, "application/json").status_code)
    assert statuses[-1] == 429
    assert set(statuses[:-1]) <= {200, 400}


@pytest.mark.check("A-25")
@pytest.mark.parametrize(
    "query",
    [
        "order=phone",
        "order=-phone",
        "order=phone_index",
        "order=owner__password",
        "order=",
        "order=-",
        "order=--id",
        "order=?",
        "ordering=password",
        "sort=phone",
        "owner__password__startswith=a",
        "phone__startswith=139",
        "phone=%2B8613983746152",
        "phone_index=x",
        "phone__gt=%2B86139",
        "id_number__contains=1",
        "tokens__contains=x",
    ],
)
def test_orders_and_filters_outside_the_list_are_ignored(
    customers: Any, marketing: Any, client_for: Any, query: str
) -> None:
    client = client_for(marketing)
    usual = [row["id"] for row in client.get("/api/v1/customers/").json()["results"]]
    answer = client.get(f"/api/v1/customers/?{query}")
    assert answer.status_code == 200
    assert [row["id"] for row in answer.json()["results"]] == usual == sorted(usual, reverse=True)
    page = client.get(f"/customers/?{query}")
    assert page.status_code == 200
    assert [row.pk for row in page.context["rows"]] == usual


@pytest.mark.check("A-25")
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/leads/",
        "/api/v1/tasks/",
        "/api/v1/interactions/",
        "/api/v1/projects/",
        "/pool/",
        "/notifications/",
    ],
)
def test_every_list_keeps_its_order_whatever_is_asked(
    customers: Any, consultant: Any, client_for: Any, path: str
) -> None:
    client = client_for(consultant)

    def rows(query: str) -> Any:
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 200
        if path.startswith("/api/"):
            return [row["id"] for row in answer.json()["results"]]
        return [row.pk for row in answer.context["page"].rows]

    usual = rows("")
    for query in ("order=password", "order=customer__phone", "ordering=owner__password"):
        assert rows(query) == usual
    assert rows("owner__password__startswith=a&customer__phone__contains=8374") == usual


FIELDS = {  # what the API shows of a customer, to everybody who sees it
    *("id", "kind", "name", "phone", "phone_is_masked", "customer_class", "grade", "source"),
    "is_assessed",
    *("gender", "birthday", "city", "district", "occupation", "family", "budget_min"),
    *("budget_max", "layout", "motive", "intent", "project_role", "is_unreachable"),
    *("payment_method", "credit_status", "tags"),
    *("buying_stage", "stage_since", "phase", "nature", "needs", "managed_estate"),
    *("completeness", "owner", "owner_name", "project", "last_contact_at", "custom"),
    *("version", "created_at", "updated_at"),
}


@pytest.mark.check("A-05")
@pytest.mark.parametrize("role", sorted(MAY["see customers"] - {"consultant_b", "consultant_c"}))
def test_a_customer_has_the_fields_of_the_list_and_no_more(
    customers: Any, org: Any, client_for: Any, role: str
) -> None:
    assert role in HOMES
    secret = {
        "id_number": "110101199003077758",
        "annual_income": "450000.00",
        "address": "文一路9号",
    }
    Customer.objects.filter(pk=customers["own"].pk).update(**secret, remark="私下备注")
    client = client_for(user_of(org, role))
    answer = client.get(f"/api/v1/customers/{customers['own'].pk}/")
    assert set(answer.json()) == FIELDS
    assert answer.json()["phone_is_masked"] == (role != "consultant")
    assert answer.json()["phone"] == ("139 8374 6152" if role == "consultant" else SHOWN)
    page = client.get(f"/customers/{customers['own'].pk}/").content.decode()
    if role != "consultant":
        for value in ("110101199003077758", "19900307", "450000", "450,000", "文一路9号"):
            assert value not in page + answer.content.decode()
