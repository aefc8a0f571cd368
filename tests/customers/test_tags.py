"""The tag dictionary, tags by hand and by rule, at pages, API and job (CUS-16)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from customers.models import CustomerTag, Tag
from customers.services.tags import apply_rules, retire_tag
from customers.tag_filters import forget_tags
from customers.tasks import apply_tag_rules
from tests.factories import NOW, CustomerFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def boss(client_for, supervisor):
    return client_for(supervisor)


@pytest.fixture
def client(client_for, consultant):
    return client_for(consultant)


def make_tag(owner, name="学区", **values):
    return Tag.objects.create(name=name, group=values.pop("group", "need"), owner=owner, **values)


def put(customer, tag, **values):
    return CustomerTag.objects.create(customer=customer, tag=tag, at=NOW, **values)


def tagged(tag):
    return set(CustomerTag.objects.filter(tag=tag).values_list("customer__name", "by_rule"))


@pytest.mark.spec("CUS-16")
def test_saved_filters_become_a_rule_that_the_job_applies(boss, supervisor, consultant):
    """From the list's filters to a tag; the job adds and removes only what a rule wrote."""
    near = CustomerFactory(name="赵一", owner=consultant, customer_class="intent")
    CustomerFactory(name="钱二", owner=consultant, customer_class="potential")
    url = reverse("customers:tag-add") + "?customer_class=intent&view=all&q=13800138000"
    page = boss.get(url, headers=ENGLISH).content.decode()
    assert 'value="customer_class=intent"' in page
    assert "13800138000" not in page.split("<main")[1].split("</main")[0].split("rule")[1]
    values = {"name": "高意向", "group": "need", "owner": supervisor.pk}
    answer = boss.post(url, values | {"rule": "customer_class=intent", "has_rule": "1"})
    assert answer.status_code == 302
    tag = Tag.objects.get()
    assert tag.rule == {"customer_class": ["intent"]}
    assert not CustomerTag.objects.exists()
    by_hand = CustomerFactory(name="孙三", owner=consultant, customer_class="potential")
    put(by_hand, tag)
    apply_tag_rules()
    assert tagged(tag) == {("赵一", True), ("孙三", False)}
    apply_tag_rules()
    assert CustomerTag.objects.count() == 2
    near.customer_class = "potential"
    near.save()
    apply_tag_rules()
    assert tagged(tag) == {("孙三", False)}


@pytest.mark.spec("CUS-16")
def test_deleting_a_tag_asks_for_a_replacement_and_moves_its_rows(boss, supervisor, consultant):
    old, new = make_tag(supervisor, "名校"), make_tag(supervisor, "学区")
    one, both = CustomerFactory.create_batch(2, owner=consultant)
    put(one, old)
    put(both, old)
    put(both, new, by_rule=True)
    url = reverse("customers:tag-retire", args=[old.pk])
    page = boss.get(url, headers=ENGLISH).content.decode()
    assert "2 customers have this tag" in page
    refused = boss.post(url, {"replacement": ""}, headers=ENGLISH)
    assert refused.status_code == 422
    assert "choose the tag that replaces it" in refused.content.decode()
    assert Tag.objects.filter(is_active=True).count() == 2
    assert CustomerTag.objects.filter(tag=old).count() == 2
    assert boss.post(url, {"replacement": new.pk}).status_code == 302
    old.refresh_from_db()
    assert (old.is_active, old.replaced_by) == (False, new)
    rows = CustomerTag.objects.order_by("customer").values_list("customer", "tag", "by_rule")
    assert list(rows) == [(one.pk, new.pk, False), (both.pk, new.pk, False)]
    shown = boss.get(f"/customers/?view=all&tag={old.pk}")
    assert shown.status_code == 200
    assert one.name in shown.content.decode()
    assert boss.get(url).status_code == 404


def test_rows_move_in_one_statement(supervisor, consultant):
    old, new = make_tag(supervisor, "名校"), make_tag(supervisor, "学区")
    for customer in CustomerFactory.create_batch(30, owner=consultant):
        put(customer, old)
    with CaptureQueriesContext(connection) as captured:
        assert retire_tag(tag=old, replacement=new, actor=supervisor, now=NOW) == 30
    writes = [q["sql"] for q in captured.captured_queries if "customers_customertag" in q["sql"]]
    assert len([sql for sql in writes if "DELETE" in sql or "INSERT" in sql]) == 1


def test_an_unused_tag_needs_no_replacement_but_never_itself(boss, supervisor):
    tag = make_tag(supervisor)
    url = reverse("customers:tag-retire", args=[tag.pk])
    assert boss.post(url, {"replacement": tag.pk}).status_code == 422
    assert Tag.objects.get().is_active
    assert boss.post(url, {"replacement": ""}).status_code == 302
    assert not Tag.objects.get().is_active


def test_a_rule_reaches_only_whom_its_owner_may_see(supervisor, consultant, consultant_c):
    CustomerFactory(name="赵一", owner=consultant, customer_class="intent")
    CustomerFactory(name="李四", owner=consultant_c, customer_class="intent")
    CustomerFactory(
        name="王五",
        owner=consultant,
        customer_class="intent",
        merged_into=CustomerFactory(owner=consultant),
    )
    tag = make_tag(supervisor, rule={"customer_class": ["intent"]})
    assert apply_rules(now=NOW).added == 1
    assert tagged(tag) == {("赵一", True)}


def test_a_rule_nobody_can_read_changes_nothing(supervisor, consultant):
    customer = CustomerFactory(owner=consultant, customer_class="intent")
    tag = make_tag(supervisor, rule={"customer_class": ["gone"]})
    put(customer, tag, by_rule=True)
    done = apply_rules(now=NOW)
    assert (done.added, done.removed, done.skipped) == (0, 0, 1)
    assert CustomerTag.objects.count() == 1


def test_a_rule_costs_the_same_for_one_customer_and_for_twenty(supervisor, consultant):
    make_tag(supervisor, rule={"customer_class": ["intent"]})
    apply_rules(now=NOW)
    counts = []
    for _round in range(2):
        CustomerFactory.create_batch(10, owner=consultant, customer_class="intent")
        with CaptureQueriesContext(connection) as captured:
            assert apply_rules(now=NOW).added == 10
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_taking_the_rule_away_keeps_the_customers_by_hand(boss, supervisor, consultant):
    tag = make_tag(supervisor, rule={"customer_class": ["intent"]})
    put(CustomerFactory(name="赵一", owner=consultant), tag, by_rule=True)
    values = {
        "name": "老客",
        "group": "type",
        "owner": supervisor.pk,
        "rule": "customer_class=intent",
    }
    assert boss.post(reverse("customers:tag-edit", args=[tag.pk]), values).status_code == 302
    tag.refresh_from_db()
    assert (tag.name, tag.group, tag.rule) == ("老客", "type", {})
    assert tagged(tag) == {("赵一", False)}


def test_consultants_tag_their_customers_and_see_the_chips(client, consultant, supervisor):
    customer = CustomerFactory(name="赵一", owner=consultant)
    tag, ruled = make_tag(supervisor, "学区"), make_tag(supervisor, "规则", rule={"due": ["none"]})
    put(customer, ruled, by_rule=True)
    url = reverse("customers:customer-tag-put", args=[customer.pk])
    assert client.post(url, {"tag": tag.pk}).status_code == 302
    assert client.post(url, {"tag": ruled.pk}).status_code == 422
    assert "学区" in client.get(customer.get_absolute_url()).content.decode()
    assert AuditEvent.objects.filter(kind="customer.tagged").count() == 1
    take = reverse("customers:customer-tag-take", args=[customer.pk, tag.pk])
    assert client.post(take, headers={"hx-request": "true"}).status_code == 200
    refused = client.post(reverse("customers:customer-tag-take", args=[customer.pk, ruled.pk]))
    assert refused.status_code == 422
    assert tagged(ruled) == {("赵一", True)}
    assert tagged(tag) == set()


def test_the_dictionary_is_for_those_who_may_edit_it(client, client_for, marketing, supervisor):
    make_tag(supervisor)
    assert client.get(reverse("customers:tag-list")).status_code == 403
    page = client_for(marketing).get(reverse("customers:tag-list"), headers=ENGLISH)
    assert "学区" in page.content.decode()


def test_the_api_lists_filters_adds_and_retires(client, boss, supervisor, consultant):
    made = boss.post(
        "/api/v1/tags/",
        {"name": "学区", "group": "need", "rule": {"customer_class": ["intent"]}},
        content_type=JSON,
    )
    assert (made.status_code, made.json()["owner"]) == (201, supervisor.pk)
    assert client.post("/api/v1/tags/", {}, content_type=JSON).status_code == 403
    bad = {"name": "坏", "group": "need", "rule": {"phone": ["138"]}}
    assert boss.post("/api/v1/tags/", bad, content_type=JSON).status_code == 400
    assert Tag.objects.count() == 1
    tag = Tag.objects.get()
    put(CustomerFactory(name="赵一", owner=consultant), tag)
    CustomerFactory(owner=consultant)
    forget_tags()  # as at the commit, which a test never reaches
    answer = client.get(f"/api/v1/customers/?tag={tag.pk}").json()
    found = answer["results"]
    assert [row["name"] for row in found] == ["赵一"]
    assert found[0]["tags"] == [{"id": tag.pk, "name": "学区", "by_rule": False}]
    retire = f"/api/v1/tags/{tag.pk}/retire/"
    assert boss.post(retire, {}, content_type=JSON).status_code == 400
    other = make_tag(supervisor, "名校")
    done = boss.post(retire, {"replacement": other.pk}, content_type=JSON)
    assert (done.status_code, done.json()["replaced_by"]) == (200, other.pk)


def test_tags_in_the_api_cost_one_query_for_all(client, supervisor, consultant):
    tag = make_tag(supervisor)
    client.get("/api/v1/customers/")
    counts = []
    for _round in range(2):
        for customer in CustomerFactory.create_batch(5, owner=consultant):
            put(customer, tag)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/api/v1/customers/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
