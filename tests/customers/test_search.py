"""Customers are found by name, pinyin or phone, through indexes and never digit by digit."""

import pytest
from django.db import connection

from customers.indexes import contact_index, phone_columns
from customers.models import Customer, CustomerContact
from customers.rules.search import name_tokens, sort_key
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def customer(name, phone="13800138000", **values):
    columns = phone_columns(f"+86{phone}" if phone else None)
    return CustomerFactory(
        name=name, tokens=name_tokens(name), sort_key=sort_key(name), **columns, **values
    )


def found(text):
    return sorted(Customer.objects.search(text).values_list("name", flat=True))


@pytest.fixture
def people(db):
    customer("张三", "13800138000")
    customer("张三丰", "13900139000")
    customer("三张", "13700137000")
    customer("𠮷野家", "13600136000")
    customer("100%满意", "13500135000")
    customer("100 满意", "13400134000")
    customer("a_b", "13300133000")
    customer("axb", "13200132000")
    customer("曾国藩", "13100131000")
    customer("O'Neil \\ Tom", "15000150000")
    customer("8000 号", "15100151000")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三", ["张三", "张三丰"]),
        ("三", ["三张", "张三", "张三丰"]),
        ("zs", ["张三", "张三丰"]),
        ("ZSF", ["张三丰"]),
        ("zhangsan", ["张三", "张三丰"]),
        ("feng", ["张三丰"]),
        ("zeng", ["曾国藩"]),
        ("张 feng", ["张三丰"]),
        ("𠮷", ["𠮷野家"]),
        ("%", ["100%满意"]),
        ("100%满意", ["100%满意"]),
        ("_", ["a_b"]),
        ("a_b", ["a_b"]),
        ("\\", ["O'Neil \\ Tom"]),
        ("o'neil", ["O'Neil \\ Tom"]),
        ("'", ["O'Neil \\ Tom"]),
        ("' & '", []),
        ("'); DROP TABLE customers_customer; --", []),
        ("张丰", []),
        ("王五", []),
        ("8000", ["8000 号", "张三"]),
        ("138 0013 8000", ["张三"]),
        ("+86-13900139000", ["张三丰"]),
        ("1380013", []),
        ("00138000", []),
        ("13800138001", []),
    ],
)
def test_search_finds_exactly(people, text, names):
    assert found(text) == names


def test_blank_search_is_everybody(people):
    assert Customer.objects.search("  ").count() == 11


def test_second_phone_finds_its_holder(people):
    holder = Customer.objects.get(name="张三")
    CustomerContact.objects.create(
        customer=holder,
        kind="phone",
        value="+8618800188000",
        value_index=contact_index("phone", "+8618800188000"),
    )
    assert found("188 0018 8000") == ["张三"]


@pytest.mark.parametrize("text", ["张三九", "13800138000", "8000", "zsj", "zs"])
def test_no_search_reads_the_whole_table(text):
    """With 20,000 customers the planner, free to choose, walks indexes only."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO customers_customer (
                kind, name, sort_key, tokens, phone, phone_index, phone_tail_index, gender, city,
                district, occupation, family, layout, motive, project_role, contribution, remark,
                custom, customer_class, class_is_manual, source, external_source, external_id,
                is_unreachable, completeness, version, created_at, updated_at
            )
            SELECT 'person', '王' || n, 'wang ' || n,
                   array_to_tsvector(
                       ARRAY['王', chr(19968 + n %% 5000), '王' || chr(19968 + n %% 5000)]
                   ),
                   '\\x00', decode(md5(n::text), 'hex'), decode(md5((n %% 10000)::text), 'hex'),
                   '', '', '', '', '', '', '', '', 0, '', '{}', 'potential', false, 'walk_in',
                   '', '', false, 0, 1, now(), now()
            FROM generate_series(1, 20000) n
            """,
            [],
        )
        cursor.execute("SELECT gin_clean_pending_list('customer_tokens')")  # as autovacuum does
        cursor.execute("ANALYZE customers_customer")
    target = customer("张三九")
    plan = Customer.objects.search(text).explain()
    assert "Seq Scan on customers_customer" not in plan, plan
    assert list(Customer.objects.search(text)) == [target]
