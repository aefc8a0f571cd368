"""The rows of the customer record, proven through the API and the pages."""

import pytest

from crm_site.audit.models import AuditEvent
from customers.models import ClassEvent, Customer, Lead, LeadEvent, SourceEvent
from customers.rules.axes import CustomerClass
from customers.services.classes import move_class
from customers.vocabulary import labels
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def client(client_for, consultant):
    return client_for(consultant)


def post(client, path, **data):
    return client.post(f"/api/v1/{path}", data, content_type=JSON)


@pytest.mark.spec("CUS-01")
def test_one_record_and_three_sources_on_one_page(client):
    for point, phone in [
        ("web_form", "138 0013 8000"),
        ("front_desk", "+86 138-0013-8000"),
        ("hotline", "0086 13800138000"),
    ]:
        answer = post(client, "customers/", name="张三", phone=phone, capture_point=point)
        assert answer.status_code in (200, 201)
    customer = Customer.objects.get()
    assert SourceEvent.objects.filter(customer=customer).count() == 3
    page = client.get(f"/customers/{customer.pk}/", headers={"accept-language": "en"})
    shown = page.content.decode()
    for point in ("web_form", "front_desk", "hotline"):
        assert labels_in_english("capture_point")[point] in shown
    assert "张三" in shown


def labels_in_english(list_key):
    from django.utils.translation import override

    with override("en"):
        return labels(list_key)


@pytest.mark.spec("CUS-04")
def test_missing_phone_is_refused_by_name_and_completeness_follows(client):
    for data in (
        {"name": "张三"},
        {"name": "张三", "phone": ""},
        {"name": "张三", "phone": "1380013800"},
    ):
        answer = post(client, "customers/", **data)
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["phone"]
    assert Customer.objects.count() == 0
    made = post(client, "customers/", name="张三", phone="13800138000").json()
    assert made["completeness"] == 35
    path = f"/api/v1/customers/{made['id']}/"
    for changes, percent in [({"city": "杭州"}, 40), ({"layout": "三房"}, 47), ({"city": ""}, 42)]:
        version = client.get(path).json()["version"]
        answer = client.patch(path, {"version": version, "changes": changes}, content_type=JSON)
        assert (answer.status_code, answer.json()["completeness"]) == (200, percent)


@pytest.mark.spec("CUS-05")
def test_two_spellings_of_a_number_are_stored_alike(client):
    first = post(client, "customers/", name="张三", phone="138-0000 0000")
    second = post(client, "customers/", name="张三", phone="+86 13800000000")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert list(Customer.objects.values_list("phone", flat=True)) == ["+8613800000000"]
    other = post(
        client,
        "customers/",
        name="李四",
        phone="１３９００００００００",
        layout="３室",
        source="抖音",
    )
    customer = Customer.objects.get(pk=other.json()["id"])
    assert (customer.phone, customer.layout, customer.source) == (
        "+8613900000000",
        "bed3",
        "short_video",
    )


@pytest.mark.spec("CUS-34")
def test_lead_moves_by_the_table_and_keeps_its_source(client, consultant):
    lead = LeadFactory(customer=CustomerFactory(owner=consultant), source="walk_in")
    path = f"leads/{lead.pk}/move/"
    assert post(client, path, to="signed", reason="").status_code == 409
    assert post(client, path, to="lost", reason="").status_code == 400
    assert (Lead.objects.get().state, LeadEvent.objects.count()) == ("assigned", 0)
    for state in ("contacted", "qualified", "visited", "subscribed"):
        answer = post(client, path, to=state, reason="", source="referral", campaign="x")
        assert (answer.status_code, answer.json()["state"]) == (200, state)
        assert (answer.json()["source"], answer.json()["campaign"]) == ("walk_in", "none")
    assert post(client, path, to="lost", reason="太贵").json()["lost_reason"] == "price"
    moves = LeadEvent.objects.filter(kind="state").order_by("pk").values_list("to_value", flat=True)
    assert list(moves) == ["contacted", "qualified", "visited", "subscribed", "lost"]


@pytest.mark.spec("CUS-08")
def test_events_lead_through_the_five_classes_and_jumps_are_refused(client, consultant, now):
    lead = LeadFactory(customer=CustomerFactory(owner=consultant))
    path = f"/api/v1/customers/{lead.customer_id}/"
    classes = [client.get(path).json()["customer_class"]]
    for state in ("contacted", "visited", "subscribed", "signed"):
        assert post(client, f"leads/{lead.pk}/move/", to=state, reason="").status_code == 200
        classes.append(client.get(path).json()["customer_class"])
    assert post(client, f"leads/{lead.pk}/move/", to="new", reason="").status_code == 409
    for to in (CustomerClass.EXISTING, CustomerClass.HIGH_VALUE):
        move_class(customer=lead.customer, to=to, reason="event", actor=None, now=now)
        classes.append(client.get(path).json()["customer_class"])
    assert classes == [
        "potential",
        "intent",
        "intent",
        "intent",
        "first_purchase",
        "existing",
        "high_value",
    ]
    steps = ClassEvent.objects.order_by("pk").values_list("from_class", "to_class")
    assert list(steps) == [
        ("potential", "intent"),
        ("intent", "first_purchase"),
        ("first_purchase", "existing"),
        ("existing", "high_value"),
    ]


def test_fields_outside_the_allow_list_do_not_change(client, consultant, consultant_b):
    made = post(
        client,
        "customers/",
        name="张三",
        phone="13800138000",
        owner=consultant_b.pk,
        customer_class="high_value",
        contribution="999",
        completeness=100,
        version=9,
    )
    assert made.status_code == 201
    before = Customer.objects.filter(pk=made.json()["id"]).values().get()
    assert (before["owner_id"], before["customer_class"]) == (consultant.pk, "potential")
    assert (before["contribution"], before["version"]) == (0, 1)
    for field in (
        "owner",
        "customer_class",
        "contribution",
        "completeness",
        "protected_until",
        "source",
    ):
        answer = client.patch(
            f"/api/v1/customers/{before['id']}/",
            {"version": 1, "changes": {field: "1", "city": "杭州"}},
            content_type=JSON,
        )
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert Customer.objects.filter(pk=before["id"]).values().get() == before


def test_no_digit_of_a_masked_number_can_be_tried_out(client_for, consultant, marketing):
    customer = CustomerFactory(owner=consultant, name="张三", phone="+8613800138000")
    client = client_for(marketing)
    for text in ("1380013", "00138000", "138", "+86138", "38000", "138%", "138_0138000"):
        rows = client.get("/api/v1/customers/", {"q": text}).json()["results"]
        assert rows == [], text
    answers = [client.get("/api/v1/customers/", {"q": "8000"}) for _ in range(31)]
    assert [a.status_code for a in answers] == [200] * 30 + [429]
    assert int(answers[-1]["Retry-After"]) in range(1, 61)
    assert answers[0].json()["results"][0]["phone"] == "138 **** 8000"
    assert customer.phone not in answers[0].content.decode()
    assert AuditEvent.objects.filter(kind="customer.searched_by_phone").count() == 30


def test_every_shown_number_is_one_audit_row_with_its_reason(
    client_for, consultant, supervisor, marketing
):
    customers = [CustomerFactory(owner=consultant, phone=f"+861380013800{n}") for n in range(3)]
    client = client_for(supervisor)
    shown = []
    for customer in customers:
        path = f"customers/{customer.pk}/phone/"
        assert post(client, path, reason="").status_code == 400
        shown.append(post(client, path, reason="客户投诉核对").json()["phone"])
    assert shown == ["138 0013 8000", "138 0013 8001", "138 0013 8002"]
    assert post(client_for(marketing), path, reason="客户投诉核对").status_code == 403
    rows = AuditEvent.objects.filter(kind="customer.phone_revealed").order_by("pk")
    assert [row.subject_id for row in rows] == [str(customer.pk) for customer in customers]
    assert {(row.reason, row.actor, row.role, row.ip) for row in rows} == {
        ("客户投诉核对", supervisor, "supervisor", "127.0.0.1")
    }
    assert not any("138" in str(row.facts) + row.reason for row in rows)
