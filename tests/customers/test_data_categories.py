"""Every field has one category, and the category decides what is shown (CUS-02, A-30)."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import reverse

from crm_site.common.display import money_wan
from crm_site.common.fields import EncryptedTextField
from crm_site.policies.errors import ShapeError
from crm_site.policies.registry import policy_kind
from crm_site.policies.services import approve, propose, submit
from customers.data_categories import (
    FIELDS,
    NOT_PERSONAL,
    SENSITIVE_FIELDS,
    custom_category,
    rule_of,
)
from customers.models import Customer, CustomField
from customers.retention_policy import RETENTION
from customers.rules.categories import CATEGORIES, RULES, DataCategory, Encryption
from tests.factories import CustomerFactory

ENGLISH = {"accept-language": "en"}
SECRETS = {"annual_income": "450000.00", "payment_method": "mortgage", "credit_status": "weak"}
SEES = {"consultant", "supervisor", "finance", "executive", "privacy"}
SEES_NOT = {"marketing", "channel", "agent", "specialist", "service_manager", "head_office"}


def columns(model):
    return {field.name for field in model._meta.get_fields() if field.concrete}


def unclassified(registered, found):
    """Return what the register misses, and what it names without there being such a column."""
    return sorted(found - registered.keys()), sorted(registered.keys() - found)


@pytest.mark.spec("CUS-02")
@pytest.mark.check("A-30")
def test_every_column_about_a_customer_has_exactly_one_category():
    names = {model.__name__ for model in apps.get_app_config("customers").get_models()}
    assert names == FIELDS.keys() | NOT_PERSONAL
    assert not FIELDS.keys() & NOT_PERSONAL
    wrong = {}
    for name, fields in FIELDS.items():
        missing = unclassified(fields, columns(apps.get_model("customers", name)))
        if missing != ([], []):
            wrong[name] = missing
    assert wrong == {}
    held = {category for fields in FIELDS.values() for category in fields.values()}
    assert held == {*CATEGORIES, DataCategory.INTERNAL}
    assert len(CATEGORIES) == 7


@pytest.mark.check("A-30")
def test_a_new_column_without_a_category_and_a_field_with_two_are_found():
    from customers.data_categories import _fields

    found = columns(Customer) | {"blood_group"}
    assert unclassified(FIELDS["Customer"], found) == (["blood_group"], [])
    with pytest.raises(ValueError, match="gender has two categories"):
        _fields(basic="name gender", history="gender")


def test_models_that_say_nothing_about_a_customer_do_not_point_at_one():
    for name in NOT_PERSONAL:
        fields = apps.get_model("customers", name)._meta.get_fields()
        targets = {f.related_model for f in fields if f.concrete and f.is_relation}
        assert Customer not in targets, name


@pytest.mark.spec("CUS-02")
def test_credit_and_payment_are_sensitive_and_free_values_are_ciphertext():
    sensitive = {category for category, rule in RULES.items() if rule.is_sensitive}
    assert sensitive == {DataCategory.PAYMENT, DataCategory.CREDIT}
    assert {"annual_income", "payment_method", "credit_status"} <= SENSITIVE_FIELDS
    plain = []
    for name, fields in FIELDS.items():
        model = apps.get_model("customers", name)
        for field_name in fields:
            rule = rule_of(name, field_name)
            column = model._meta.get_field(field_name)
            if rule is None or rule.encryption is Encryption.NONE or is_cipher(column):
                continue
            coded = column.choices or isinstance(column, models.PositiveSmallIntegerField)
            if rule.encryption is Encryption.ALL or not coded:
                plain.append(f"{name}.{field_name}")
    assert plain == []


def is_cipher(column):
    is_index = isinstance(column, models.BinaryField) and column.name.endswith("_index")
    return isinstance(column, EncryptedTextField) or is_index


def test_what_must_be_encrypted_is_unreadable_in_the_database(consultant):
    customer = CustomerFactory(owner=consultant, phone="+8613912345678", address="文一路9号")
    Customer.objects.filter(pk=customer.pk).update(annual_income="450000.00")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT phone, address, annual_income FROM customers_customer WHERE id = %s",
            [customer.pk],
        )
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    for text in ("13912345678", "文一路9号", "450000"):
        assert text.encode() not in stored


@pytest.mark.spec("CUS-02")
@pytest.mark.check("A-30")
@pytest.mark.parametrize("role", sorted(SEES | SEES_NOT))
def test_the_category_decides_what_pages_and_api_show(cast, client_for, role):
    customer = CustomerFactory(owner=cast["consultant"])
    Customer.objects.filter(pk=customer.pk).update(**SECRETS)
    client = client_for(cast[role])
    portrait = client.get(f"/api/v1/customers/{customer.pk}/portrait/").json()["basics"]
    shown = {value["key"]: value["value"] for value in portrait}
    answer = client.get(f"/api/v1/customers/{customer.pk}/").json()
    page = client.get(
        reverse("customers:customer-portrait", args=[customer.pk]), headers=ENGLISH
    ).content.decode()
    if role in SEES:
        assert {name: shown[name] for name in SECRETS} == SECRETS
        assert (answer["payment_method"], answer["credit_status"]) == ("mortgage", "weak")
        assert "Bank mortgage" in page
        assert money_wan(Decimal(450_000)) in page
    else:
        assert {name: shown[name] for name in SECRETS} == dict.fromkeys(SECRETS)
        assert (answer["payment_method"], answer["credit_status"]) == (None, None)
        block = page.partition('class="known"')[2].partition("</section>")[0]
        assert block.count("****") == len(SECRETS)
        for text in ("Bank mortgage", "Weak", money_wan(Decimal(450_000))):
            assert text not in block


def test_consultants_see_the_sensitive_fields_of_their_own_customers_only(
    org, consultant_b, client_for
):
    pooled = CustomerFactory(project=org.project_one, region_id=org.region_east.pk)
    Customer.objects.filter(pk=pooled.pk).update(**SECRETS)
    answer = client_for(consultant_b).get(f"/api/v1/customers/{pooled.pk}/").json()
    assert answer["credit_status"] is None
    edit = client_for(consultant_b).get(f"/customers/{pooled.pk}/edit/").content.decode()
    assert "annual_income" not in edit


def test_whoever_does_not_see_a_sensitive_field_cannot_write_it(org, consultant_b, client_for):
    pooled = CustomerFactory(project=org.project_one, region_id=org.region_east.pk)
    body = {"version": pooled.version, "changes": {"credit_status": "good", "city": "杭州"}}
    answer = client_for(consultant_b).patch(
        f"/api/v1/customers/{pooled.pk}/", body, "application/json"
    )
    assert answer.status_code == 400
    pooled.refresh_from_db()
    assert (pooled.credit_status, pooled.city, pooled.version) == ("", "", 1)


@pytest.mark.parametrize("way", ["portrait", "api", "record"])
def test_the_category_of_an_added_field_decides_who_sees_it(
    org, consultant, marketing, privacy, client_for, way
):
    CustomField.objects.create(key="bank", label="开户行")
    customer = CustomerFactory(owner=consultant, custom={"bank": "中行文三路"})
    path = {
        "portrait": reverse("customers:customer-portrait", args=[customer.pk]),
        "api": f"/api/v1/customers/{customer.pk}/",
        "record": customer.get_absolute_url(),
    }[way]
    assert "中行文三路" in client_for(marketing).get(path).content.decode()
    client = client_for(privacy)
    url = reverse("customers:data-categories")
    assert client.post(url, {"field": "bank", "category": "payment"}).status_code == 302
    assert custom_category(CustomField.objects.get()) is DataCategory.PAYMENT
    assert "中行文三路" not in client_for(marketing).get(path).content.decode()
    if way != "record":
        assert "中行文三路" in client_for(consultant).get(path).content.decode()


def test_the_page_lists_every_classified_field_and_wrong_input_changes_nothing(
    org, privacy, executive, auditor, client_for, django_assert_max_num_queries
):
    field = CustomField.objects.create(key="spouse", label="配偶电话", is_personal=True)
    assert custom_category(field) is DataCategory.CONTACT
    url = reverse("customers:data-categories")
    for user in (privacy, executive, auditor):
        client = client_for(user)
        client.get(url)
        with django_assert_max_num_queries(8):
            page = client.get(url, headers=ENGLISH).content.decode()
        for name, fields in FIELDS.items():
            for field_name, category in fields.items():
                listed = f">{name}.{field_name}<" in page
                assert listed == (category is not DataCategory.INTERNAL), (name, field_name)
        assert page.count("kept 120 months") == 2
    assert client_for(executive).post(
        url, {"field": "spouse", "category": "basic"}
    ).status_code == (403)
    assert client_for(privacy).post(url, {"field": "spouse", "category": "x"}).status_code == 422
    assert CustomField.objects.get().category == ""


def test_how_long_a_category_is_kept_is_a_policy_with_the_law_as_its_floor(
    executive, head_office, privacy, client_for, now
):
    kind = policy_kind(RETENTION)
    months = {category.value: RULES[category].months for category in CATEGORIES}
    with pytest.raises(ShapeError) as refused:
        kind.read({"months": months | {"purchase": 60}})
    assert list(refused.value.errors) == ["months.purchase"]
    draft = propose(
        key=RETENTION,
        payload={"months": months | {"preference": 18}},
        valid_from=None,
        reason="更短",
        author=executive,
        now=now,
    )
    submit(version_id=draft.pk, author=executive, now=now)
    approve(version_id=draft.pk, approver=head_office, now=now)
    page = client_for(privacy).get(reverse("customers:data-categories"), headers=ENGLISH)
    assert "kept 18 months" in page.content.decode()
