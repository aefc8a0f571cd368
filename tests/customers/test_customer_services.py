"""Edits keep every version apart, write only what is allowed, and leave no value in the trail."""

from decimal import Decimal

import pytest
from django.db import connection
from django.utils.translation import override

from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import StaleError
from customers.errors import (
    EntryError,
    PhoneQuestionsUsedUpError,
    RevealRefusedError,
)
from customers.masking import may_see_phone, phone_for
from customers.models import Customer, CustomField
from customers.rules.completeness import completeness
from customers.services.customers import reveal_phone, update_customer
from tests.conftest import make_user
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(consultant):
    return CustomerFactory(owner=consultant, phone="+8613800138000", name="张三")


@pytest.fixture
def edit(customer, consultant, now):
    def change(actor=consultant, version=None, **changes):
        return update_customer(
            customer=customer,
            changes=changes,
            version=version or Customer.objects.get(pk=customer.pk).version,
            actor=actor,
            now=now,
        )

    return change


def test_edit_brings_indexes_search_band_and_completeness_along(edit, customer):
    done = edit(
        name="李 四 ", phone="139-0013 9000", annual_income="500,000", city="杭州市", layout="3室"
    )
    assert (done.name, done.sort_key, done.version) == ("李四", "li si", 2)
    assert (done.phone, done.spending_power) == ("+8613900139000", 4)
    assert (done.city, done.layout, done.annual_income) == ("杭州", "bed3", "500000.00")
    filled = dict.fromkeys(["name", "phone", "annual_income", "city", "layout"], "x")
    assert done.completeness == completeness(filled) == 52
    assert list(Customer.objects.search("13900139000")) == [customer]
    assert list(Customer.objects.search("ls")) == [customer]
    assert not Customer.objects.search("13800138000").exists()
    assert not Customer.objects.search("张三").exists()


def test_trail_names_the_changed_fields_and_no_value(edit, customer, consultant):
    edit(phone="13900139000", city="杭州", remark="")
    event = AuditEvent.objects.get(kind="customer.changed")
    assert (event.actor, event.subject_id) == (consultant, str(customer.pk))
    assert event.facts == {"fields": ["city", "phone"]}


def test_edit_that_changes_nothing_writes_nothing(edit):
    assert edit(name="张三", phone="138 0013 8000", city="").version == 1
    assert AuditEvent.objects.count() == 0


def test_second_editor_sees_both_values_and_overwrites_nothing(edit, customer):
    edit(city="杭州", version=1)
    with pytest.raises(StaleError) as caught:
        edit(city="上海", occupation="教师", version=1)
    assert caught.value.extra == {"current_version": 2}
    customer.refresh_from_db()
    assert (customer.city, customer.occupation, customer.version) == ("杭州", "", 2)
    assert AuditEvent.objects.count() == 1


def test_number_of_another_customer_is_refused(edit, customer, consultant):
    CustomerFactory(phone="+8613900139000")
    with pytest.raises(EntryError) as caught:
        edit(phone="13900139000", city="杭州")
    assert caught.value.codes == {"phone": ["phone_taken"]}
    customer.refresh_from_db()
    assert (customer.phone, customer.city) == ("+8613800138000", "")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"name": "\u202e"}, {"name": ["required"]}),
        ({"phone": ""}, {"phone": ["required"]}),
        ({"layout": "城堡"}, {"layout": ["unknown_word"]}),
        ({"custom": {"shoe": 1}}, {"custom": ["not_a_field"]}),
        ({"budget_min": "9", "budget_max": "8"}, {"budget_max": ["budget_order"]}),
        ({"owner": 1, "version": 9}, {"owner": ["unknown_field"], "version": ["unknown_field"]}),
    ],
)
def test_what_cannot_be_stored_changes_nothing(customer, now, changes, codes):
    before = Customer.objects.filter(pk=customer.pk).values().get()
    with pytest.raises(EntryError) as caught:
        update_customer(
            customer=customer, changes=changes, version=1, actor=customer.owner, now=now
        )
    assert caught.value.codes == codes
    assert Customer.objects.filter(pk=customer.pk).values().get() == before


def test_budget_is_checked_against_what_stands(edit):
    edit(budget_max="100")
    with pytest.raises(EntryError) as caught:
        edit(budget_min="101")
    assert caught.value.codes == {"budget_max": ["budget_order"]}
    assert edit(budget_min="100").budget_min == Decimal(100)


def test_own_fields_take_their_kind(edit):
    for key, kind in [
        ("area", "number"),
        ("since", "date"),
        ("vip", "boolean"),
        ("view", "choice"),
    ]:
        CustomField.objects.create(
            key=key, label=key, kind=kind, choices=["南", "北"] if kind == "choice" else []
        )
    done = edit(custom={"area": "1,080.5", "since": "2026-05-20", "vip": "是", "view": "南"})
    assert done.custom == {"area": "1080.5", "since": "2026-05-20", "vip": True, "view": "南"}
    assert edit(custom={"area": 7}).custom["view"] == "南"
    for key, value in [("area", "大"), ("since", "昨天"), ("vip", "也许"), ("view", "东")]:
        with pytest.raises(EntryError) as caught:
            edit(custom={key: value})
        assert caught.value.codes == {"custom": ["unknown_word"]}


def test_messages_are_whole_sentences(edit):
    with pytest.raises(EntryError) as caught:
        edit(phone="1380013800")
    with override("en"):
        assert caught.value.messages == {
            "phone": ["A mobile number has 11 digits; this one has 10."]
        }
        assert caught.value.as_validation_error().message_dict == caught.value.messages


SEEN = {
    "consultant": "138 0013 8000",
    "consultant_b": "138 **** 8000",
    "supervisor": "138 **** 8000",
    "marketing": "138 **** 8000",
    "agent": "138 **** 8000",
    "head_office": "138 **** 8000",
    "sysadmin": "****",
    "auditor": "****",
}


@pytest.mark.parametrize("account", SEEN)
def test_phone_as_each_role_sees_it(customer, cast_of, account):
    user = cast_of(account)
    assert phone_for(user, customer) == SEEN[account]
    assert may_see_phone(user, customer) is (account == "consultant")


@pytest.fixture
def cast_of(org, consultant):
    return lambda key: consultant if key == "consultant" else make_user(org, key)


@pytest.mark.parametrize(
    ("account", "outcome"),
    [
        ("consultant", "shown"),
        ("supervisor", "shown"),
        ("agent", "shown"),
        ("privacy", "shown"),
        ("marketing", "refused"),
        ("head_office", "refused"),
        ("consultant_b", "refused"),
        ("sysadmin", "refused"),
    ],
)
def test_reveal_by_role(customer, cast_of, now, account, outcome):
    user = cast_of(account)
    ask = {
        "customer": customer,
        "reason": "客户来电核对",
        "actor": user,
        "now": now,
        "ip": "10.0.0.7",
    }
    if outcome == "refused":
        with pytest.raises(RevealRefusedError):
            reveal_phone(**ask)
        assert AuditEvent.objects.count() == 0
        return
    assert reveal_phone(**ask) == "138 0013 8000"
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor, event.subject_id) == (
        "customer.phone_revealed",
        user,
        str(customer.pk),
    )
    assert (event.reason, event.ip, event.role) == ("客户来电核对", "10.0.0.7", user.role)
    assert "138" not in str(event.facts)


def test_reveal_needs_a_reason_and_stops_after_thirty_a_minute(customer, supervisor, now):
    with pytest.raises(EntryError) as caught:
        reveal_phone(customer=customer, reason=" 看看 ", actor=supervisor, now=now)
    assert caught.value.codes == {"reason": ["reason_short"]}
    for _ in range(30):
        reveal_phone(customer=customer, reason="核对号码", actor=supervisor, now=now)
    with pytest.raises(PhoneQuestionsUsedUpError):
        reveal_phone(customer=customer, reason="核对号码", actor=supervisor, now=now)
    assert AuditEvent.objects.filter(kind="customer.phone_revealed").count() == 30


def test_masked_colleagues_cannot_overwrite_what_they_cannot_see(
    edit, customer, marketing, consultant_b
):
    for actor in (marketing, consultant_b):
        with pytest.raises(EntryError) as caught:
            edit(actor=actor, phone="13900139000")
        assert caught.value.codes == {"phone": ["unknown_field"]}
    customer.refresh_from_db()
    assert customer.phone == "+8613800138000"


@pytest.mark.spec("PLT-01")
def test_database_holds_ciphertext_and_the_page_still_finds_the_number(
    edit, customer, consultant, client_for
):
    edit(id_number="11010519491231002X", annual_income="880000", address="文三路 99 号")
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM customers_customer c WHERE id = %s", [customer.pk])
        row = cursor.fetchone()[0]
    for secret in ("13800138000", "0013800", "11010519491231002X", "880000", "文三路"):
        assert secret not in row
        assert secret.encode().hex() not in row
    answer = client_for(consultant).get("/customers/", {"q": "138 0013 8000"}, follow=True)
    assert answer.status_code == 200
    assert f"/customers/{customer.pk}/" in answer.content.decode()
    other = client_for(consultant).get("/customers/", {"q": "13800138001"})
    assert f"/customers/{customer.pk}/" not in other.content.decode()
    assert (
        list(
            AuditEvent.objects.filter(kind="customer.searched_by_phone").values_list(
                "facts", flat=True
            )
        )
        == [{"whole": True}] * 2
    )
