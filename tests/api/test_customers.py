"""Capturing and changing customers through the API."""

import pytest

from customers.models import Customer, CustomField, Lead, SourceEvent
from tests.factories import CustomerFactory

PHONE = "13800000000"
CANONICAL = "+8613800000000"
NEW = {"name": "欧阳文静", "phone": PHONE}


def captured(program, user, **more):
    return program(user).post("customers/", NEW | more)


@pytest.mark.spec("PLT-36")
def test_name_and_phone_make_a_customer_of_the_capturer(program, consultant):
    answer = captured(program, consultant)
    assert answer.status_code == 201
    body = answer.json()
    made = Customer.objects.get()
    assert (body["id"], body["name"], body["phone"]) == (made.pk, "欧阳文静", "138 0000 0000")
    assert (made.owner, made.project.node_id) == (consultant, consultant.node.project_id)
    assert Lead.objects.get().customer == made


def test_same_phone_again_is_the_same_customer(program, consultant):
    first = captured(program, consultant).json()["id"]
    again = captured(program, consultant, phone="+86 138-0000-0000", name="文静")
    assert again.status_code == 200
    assert again.json()["id"] == first
    assert Customer.objects.count() == 1
    assert SourceEvent.objects.count() == 2


def test_phone_of_a_hidden_customer_tells_only_that_it_exists(program, consultant, consultant_c):
    known = CustomerFactory(owner=consultant, phone=CANONICAL)
    before = Customer.objects.filter(pk=known.pk).values().get()
    answer = captured(program, consultant_c, city="北京", motive="自住")
    assert answer.status_code == 202
    assert answer.json() == {"exists": True}
    assert Customer.objects.filter(pk=known.pk).values().get() == before
    assert program(consultant_c).get(f"customers/{known.pk}/").status_code == 404
    assert SourceEvent.objects.get(actor=consultant_c).customer == known


def test_supervisor_sees_what_they_captured(program, supervisor):
    answer = captured(program, supervisor)
    assert answer.status_code == 201
    assert program(supervisor).get(f"customers/{answer.json()['id']}/").status_code == 200


@pytest.mark.spec("CUS-04")
def test_missing_phone_is_400_with_a_message_at_the_field(program, consultant):
    for body in ({"name": "欧阳文静"}, NEW | {"phone": ""}, NEW | {"phone": "12"}):
        answer = program(consultant).post("customers/", body)
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["phone"]
        assert len(answer.json()["errors"]["phone"][0]) > 5
    assert Customer.objects.count() == 0


@pytest.mark.spec("CUS-04")
def test_filling_a_field_raises_the_completeness(program, consultant):
    before = captured(program, consultant).json()
    customer = Customer.objects.get()
    after = program(consultant).change(customer, city="杭州").json()
    assert 0 < before["completeness"] < after["completeness"] <= 100
    emptied = program(consultant).patch(
        f"customers/{customer.pk}/", {"version": after["version"], "changes": {"city": ""}}
    )
    assert emptied.json()["completeness"] == before["completeness"]


@pytest.mark.spec("CUS-04")
@pytest.mark.parametrize(
    "point", ["web_form", "app", "wechat", "store", "hotline", "front_desk", "after_sales"]
)
def test_every_place_of_capture_has_a_door(program, consultant, point):
    assert captured(program, consultant, capture_point=point).status_code == 201
    assert SourceEvent.objects.get().capture_point == point


def test_import_is_no_capture_point_of_the_api(program, consultant):
    answer = captured(program, consultant, capture_point="import")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["capture_point"]


@pytest.mark.spec("CUS-05")
def test_spellings_of_a_phone_become_one(program, consultant):
    spellings = ["138-0000 0000", "+86 13800000000", "138 0000 0000", "+86 138-0000-0000"]
    ids = {captured(program, consultant, phone=each).json()["id"] for each in spellings}
    assert len(ids) == 1
    assert Customer.objects.get().phone == CANONICAL


@pytest.mark.spec("CUS-01")
def test_web_form_front_desk_and_hotline_make_one_record_with_three_sources(
    program, client_for, consultant, agent
):
    assert captured(program, consultant, capture_point="web_form").status_code == 201
    desk = client_for(consultant).post(
        "/customers/add/", {"name": "欧阳文静", "phone": "138-0000 0000", "source": "walk_in"}
    )
    customer = Customer.objects.get()
    assert desk.headers["Location"] == f"/customers/{customer.pk}/"
    hotline = captured(program, agent, capture_point="hotline", phone="+86 13800000000")
    assert (hotline.status_code, hotline.json()["id"]) == (200, customer.pk)
    points = SourceEvent.objects.filter(customer=customer).values_list("capture_point", flat=True)
    assert sorted(points) == ["front_desk", "hotline", "web_form"]
    page = client_for(consultant).get(f"/customers/{customer.pk}/").content.decode()
    assert [page.count(label) > 0 for label in ("网页表单", "案场前台", "客服热线")] == [True] * 3


@pytest.mark.spec("CUS-10")
def test_grade_is_a_filter_and_independent_of_the_class(program, consultant):
    from customers.models import CustomerGrade

    made = {}
    for grade, customer_class in (("A", "potential"), ("A", "existing"), ("C", "potential")):
        customer = CustomerFactory(owner=consultant, customer_class=customer_class)
        CustomerGrade.objects.create(**graded(customer, grade))
        made[grade, customer_class] = customer.pk
    caller = program(consultant)

    def found(**query):
        rows = caller.get("customers/", query).json()["results"]
        assert all(row["grade"] == query.get("grade", row["grade"]) for row in rows)
        return {row["id"] for row in rows}

    assert found(grade="A") == {made["A", "potential"], made["A", "existing"]}
    assert found(customer_class="potential") == {made["A", "potential"], made["C", "potential"]}
    assert found(grade="A", customer_class="existing") == {made["A", "existing"]}
    assert found(grade="E") == set()
    assert caller.get("customers/", {"grade": "F"}).status_code == 400


def graded(customer, grade):
    from tests.factories import NOW

    return {"customer": customer, "grade": grade, "score": 90, "points": [90]} | {
        "policy_version": 1,
        "graded_at": NOW,
    }


@pytest.mark.check("A-49")
def test_change_on_a_stale_version_is_409_and_changes_nothing(program, consultant):
    customer = CustomerFactory(owner=consultant, city="")
    caller = program(consultant)
    assert caller.change(customer, city="杭州").status_code == 200
    answer = caller.change(customer, city="上海")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:anju:problem:stale"
    assert answer.json()["current_version"] == customer.version + 1
    assert Customer.objects.get().city == "杭州"


@pytest.mark.check("A-49")
def test_second_editor_of_the_page_sees_both_values(client_for, program, consultant):
    customer = CustomerFactory(owner=consultant, name="欧阳文静", city="")
    browser, url = client_for(consultant), f"/customers/{customer.pk}/edit/"
    opened = browser.get(url).context["form"].initial
    assert program(consultant).change(customer, city="杭州").status_code == 200
    form = {name: value for name, value in opened.items() if value is not None}
    answer = browser.post(url, form | {"city": "上海"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "杭州" in page
    assert "上海" in page
    assert Customer.objects.get().city == "杭州"


@pytest.mark.check("A-48")
def test_ten_repeats_with_one_key_have_one_effect_and_one_answer(program, consultant):
    caller = program(consultant)
    answers = [caller.post("customers/", NEW, key="k-1") for _ in range(10)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert SourceEvent.objects.count() == 1
    assert "Idempotency-Replayed" not in answers[0].headers
    assert answers[1].headers["Idempotency-Replayed"] == "true"


@pytest.mark.check("A-48")
def test_key_of_another_body_is_409(program, consultant):
    caller = program(consultant)
    caller.post("customers/", NEW, key="k-1")
    answer = caller.post("customers/", NEW | {"phone": "13900000000"}, key="k-1")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:anju:problem:idempotency-key"
    assert Customer.objects.count() == 1


def test_key_belongs_to_one_account(program, consultant, consultant_c):
    program(consultant).post("customers/", NEW, key="k-1")
    other = program(consultant_c).post("customers/", NEW | {"phone": "13900000000"}, key="k-1")
    assert other.status_code == 201


def test_refused_request_does_not_use_its_key_up(program, consultant):
    caller = program(consultant)
    assert caller.post("customers/", {"name": "欧阳文静"}, key="k-1").status_code == 400
    assert caller.post("customers/", NEW, key="k-1").status_code == 201


def test_own_fields_are_shown_and_personal_ones_hidden_like_the_phone(
    program, consultant, marketing
):
    CustomField.objects.create(key="hobby", label="爱好")
    CustomField.objects.create(key="spouse-phone", label="配偶电话", is_personal=True)
    CustomField.objects.create(key="old", label="旧", is_active=False)
    values = {"hobby": "钓鱼", "spouse-phone": "13912345678", "old": "x", "never": "y"}
    customer = CustomerFactory(owner=consultant, custom=values)
    own = program(consultant).get(f"customers/{customer.pk}/").json()["custom"]
    assert own == {"hobby": "钓鱼", "spouse-phone": "13912345678"}
    others = program(marketing).get(f"customers/{customer.pk}/").json()["custom"]
    assert others == {"hobby": "钓鱼", "spouse-phone": "****"}


def test_phone_is_shown_for_a_reason_and_audited(program, consultant, supervisor):
    from crm_site.audit.models import AuditEvent

    customer = CustomerFactory(owner=consultant, phone=CANONICAL)
    caller = program(supervisor)
    assert caller.post(f"customers/{customer.pk}/phone/", {"reason": "x"}).status_code == 400
    answer = caller.post(f"customers/{customer.pk}/phone/", {"reason": "客户要求回电"})
    assert answer.json() == {"phone": "138 0000 0000"}
    assert AuditEvent.objects.filter(kind="customer.phone_revealed").count() == 1


def test_looking_at_a_customer_is_audited(program, consultant):
    from crm_site.audit.models import AuditEvent

    customer = CustomerFactory(owner=consultant)
    program(consultant).get(f"customers/{customer.pk}/")
    event = AuditEvent.objects.get(kind="customer.viewed")
    assert (event.actor, event.subject_id) == (consultant, str(customer.pk))
