"""Segments through their pages: rule, preview, frozen, and no leak (MKT-77)."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from analytics.value.models import Cluster, ClusterMember, ClusterRun
from crm_site.audit.models import AuditEvent
from customers.models import Customer, CustomerGrade, CustomerStanding, CustomerTag, Tag
from marketing.segments.lookups import narrowed
from marketing.segments.models import Segment, SegmentSnapshot
from marketing.segments.rules.fields import FIELDS, MASKED, PRESETS
from marketing.segments.rules.tree import matches, read
from marketing.segments.services.freezing import freeze, members_of
from marketing.segments.services.keeping import SegmentDraft, save_cluster, write_segment
from tests.conftest import make_user
from tests.factories import NOW, CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
ADD = "/segments/add/"
STRONG = {"way": "all", "parts": [{"field": "intent", "op": "at_least", "value": "2"}]}


def make(marketer, rules=STRONG, name="强意向"):
    return write_segment(draft=SegmentDraft(name=name, rules=rules), actor=marketer, now=NOW)


def grade(customer, letter):
    CustomerGrade.objects.create(
        customer=customer, grade=letter, score=50, points=[50], policy_version=1, graded_at=NOW
    )


@pytest.fixture
def people(seller, far_seller, sell, marketer):
    """Five customers of the project with all kinds of facts, and one of another region."""
    found = [
        CustomerFactory(owner=seller, intent=3, city="杭州", budget_max=Decimal(3_000_000)),
        CustomerFactory(owner=seller, intent=2, last_contact_at=NOW - timedelta(days=31)),
        CustomerFactory(owner=seller, intent=None, customer_class="existing", nature="investor"),
        CustomerFactory(owner=seller, intent=1, last_contact_at=NOW - timedelta(days=30, hours=2)),
        CustomerFactory(owner=seller, is_unreachable=True, city="宁波"),
    ]
    Customer.objects.filter(pk__in=[one.pk for one in found]).update(
        created_at=NOW - timedelta(days=40, hours=3)
    )
    LeadFactory(customer=found[0], state="visited", campaign="spring")
    LeadFactory(customer=found[1], state="lost", lost_reason="price", campaign="autumn")
    grade(found[0], "A")
    grade(found[2], "B")
    sell(found[2], days_ago=100)
    sell(found[2], days_ago=400)
    tag = Tag.objects.create(name="学区", group="need", owner=marketer)
    CustomerTag.objects.create(customer=found[1], tag=tag, at=NOW)
    CustomerStanding.objects.create(
        customer=found[3], activity=70, loyalty=20, is_high_value=True, computed_at=NOW
    )
    CustomerFactory(owner=far_seller, intent=3, city="杭州")
    return found


def facts_of(customer):
    """Return what the pure rule compares, read without any of its queries."""
    standing = getattr(customer, "standing", None)
    leads = list(customer.leads.all())
    signed = [one for one in customer.purchases.all() if one.signed_at and not one.ended_at]

    def days(moment):
        return None if moment is None else (NOW - moment).days

    return {
        "kind": customer.kind,
        "customer_class": customer.customer_class,
        "grade": customer.grading.grade if hasattr(customer, "grading") else None,
        "phase": customer.phase,
        "nature": customer.nature,
        "lead_state": {lead.state for lead in leads},
        "campaign": {lead.campaign for lead in leads},
        "city": customer.city,
        "project": customer.project_id,
        "tag": set(customer.tag_rows.values_list("tag", flat=True)),
        "intent": customer.intent,
        "budget_max": customer.budget_max,
        "purchases": len(signed),
        "activity": standing.activity if standing else None,
        "contacted": days(customer.last_contact_at),
        "signed": min((days(one.signed_at) for one in signed), default=None),
        "captured": days(customer.created_at),
        "open_lead": any(lead.state not in ("signed", "lost") for lead in leads),
        "bought": customer.customer_class in ("first_purchase", "existing", "high_value"),
        "high_value": bool(standing and standing.is_high_value),
        "has_owner": customer.owner_id is not None,
        "unreachable": customer.is_unreachable,
    }


LEAVES = [
    ("customer_class", "in", ["existing"]),
    ("grade", "in", ["A"]),
    ("grade", "not_in", ["A"]),
    ("nature", "in", ["investor"]),
    ("nature", "not_in", ["investor"]),
    ("lead_state", "in", ["visited", "lost"]),
    ("lead_state", "not_in", ["visited"]),
    ("campaign", "in", ["spring"]),
    ("city", "in", ["杭州"]),
    ("city", "not_in", ["杭州"]),
    ("intent", "at_least", 2),
    ("intent", "at_most", 2),
    ("intent", "between", [1, 2]),
    ("budget_max", "at_least", 1),
    ("purchases", "at_least", 2),
    ("purchases", "at_most", 0),
    ("purchases", "between", [1, 2]),
    ("activity", "at_least", 50),
    ("activity", "at_most", 50),
    ("contacted", "within", 30),
    ("contacted", "longer", 30),
    ("contacted", "never", None),
    ("signed", "within", 100),
    ("signed", "longer", 99),
    ("signed", "never", None),
    ("captured", "within", 40),
    ("captured", "longer", 40),
    ("open_lead", "is", True),
    ("open_lead", "is", False),
    ("bought", "is", True),
    ("high_value", "is", True),
    ("high_value", "is", False),
    ("has_owner", "is", True),
    ("unreachable", "is", False),
]


def test_the_query_returns_whom_the_pure_rule_means(people, marketer) -> None:
    tag = Tag.objects.get()
    cases = [*LEAVES, ("tag", "in", [tag.pk]), ("tag", "not_in", [tag.pk])]
    facts = {one.pk: facts_of(one) for one in Customer.objects.visible_to(marketer)}
    assert len(facts) == 5
    for field, op, value in cases:
        part = {"field": field, "op": op, "value": value}
        for way in ("all", "none"):
            tree = read({"way": way, "parts": [part]}, fields=FIELDS, masked=MASKED)
            meant = {pk for pk, known in facts.items() if matches(tree, known)}
            rows = narrowed(Customer.objects.visible_to(marketer), tree, now=NOW)
            assert set(rows.values_list("pk", flat=True)) == meant, (way, part)
            assert rows.count() == len(meant)


@pytest.mark.spec("MKT-77")
def test_a_segment_is_previewed_written_and_frozen_at_launch(client, people, seller) -> None:
    data = {"name": "强意向", "way": "all", "f_intent_from": "2"}
    shown = client.post(ADD, data | {"preview": "1"})
    assert (shown.status_code, shown.context["size"]) == (200, 2)
    assert not Segment.objects.exists()
    assert client.post(ADD, data).status_code == 302
    segment = Segment.objects.get()
    page = client.get(segment.get_absolute_url())
    assert page.context["size"] == 2
    members = client.get(f"{segment.get_absolute_url()}members/")
    assert {row.pk for row in members.context["rows"]} == {people[0].pk, people[1].pk}
    freezing = f"{segment.get_absolute_url()}freeze/"
    assert client.post(freezing, {"campaign": "spring-launch"}).status_code == 302
    snapshot = SegmentSnapshot.objects.get()
    assert (snapshot.count, snapshot.use) == (2, "campaign:spring-launch")
    # afterwards the customers and the rule change; what was frozen does not
    CustomerFactory(owner=seller, intent=3)
    Customer.objects.filter(pk=people[1].pk).update(intent=1)
    edit = client.get(f"{segment.get_absolute_url()}edit/")
    base = edit.context["form"]
    assert base.initial["f_intent_from"] == Decimal(2)
    segment_now = write_segment(
        draft=SegmentDraft(
            name="极强",
            rules={"way": "all", "parts": [{"field": "intent", "op": "at_least", "value": 3}]},
        ),
        actor=segment.owner,
        now=NOW,
        segment=segment,
    )
    assert segment_now.version == 2
    assert client.get(segment.get_absolute_url()).context["size"] == 2
    snapshot.refresh_from_db()
    kept = client.get(reverse("marketing:snapshot-members", args=[snapshot.pk]))
    assert {row.pk for row in kept.context["rows"]} == {people[0].pk, people[1].pk}
    assert (snapshot.count, snapshot.version) == (2, 1)
    assert client.post(freezing, {"campaign": "spring-launch"}).status_code == 302
    assert SegmentSnapshot.objects.count() == 1  # once for a campaign
    assert AuditEvent.objects.filter(kind="segment.frozen").count() == 1


@pytest.mark.parametrize("field", ["phone", "annual_income", "credit_status", "payment_method"])
def test_a_segment_over_a_protected_field_is_refused_and_tells_nothing(
    client, people, field
) -> None:
    part = {"field": field, "op": "in", "value": ["good"]}
    rule = json.dumps({"way": "all", "parts": [part]})
    for more in ({}, {"preview": "1"}):
        answer = client.post(ADD, {"name": "试探", "way": "all", "rule": rule} | more)
        assert answer.status_code == 422
        assert "rule" in answer.context["form"].errors
        assert "size" not in answer.context
    assert not Segment.objects.exists()


def test_the_high_value_preset_is_ready_made(client, people) -> None:
    page = client.get(f"{ADD}?preset=high_value")
    assert page.status_code == 200
    initial = page.context["form"].initial
    data = {"name": initial["name"], "way": "any", "f_grade": ["A"], "f_high_value": "yes"}
    data["f_customer_class"] = ["high_value"]
    assert client.post(f"{ADD}?preset=high_value", data).status_code == 302
    segment = Segment.objects.get()
    assert client.get(segment.get_absolute_url()).context["size"] == 2  # grade A and three tests


def test_no_segment_shows_or_counts_customers_of_other_places(
    client, client_for, people, marketer, chief, far_seller, org
) -> None:
    segment = make(marketer)
    everybody = {"way": "none", "parts": [{"field": "city", "op": "in", "value": ["无"]}]}
    wide = make(chief, everybody, "全区域")
    assert client.get(segment.get_absolute_url()).context["size"] == 2
    assert client.get(wide.get_absolute_url()).status_code == 404  # wider than the own place
    assert wide.queryset(chief).count() == 5
    assert wide.queryset(marketer).count() == 5
    south = make_user(org, "head_office")
    assert segment.queryset(south).count() == 2  # the place of the segment holds for everybody
    snapshot = freeze(wide, actor=chief, now=NOW)
    assert client.get(reverse("marketing:snapshot-members", args=[snapshot.pk])).status_code == 404
    listed = client.get("/segments/").context["rows"]
    assert [row.pk for row in listed] == [segment.pk]


def test_a_cluster_becomes_a_segment_once(people, marketer, far_seller) -> None:
    stranger = CustomerFactory(owner=far_seller)
    keys = [people[0].pk, people[3].pk, stranger.pk]
    segment = save_cluster(name="簇一", customers=keys, key="run:1:0", actor=marketer, now=NOW)
    again = save_cluster(name="簇一", customers=[], key="run:1:0", actor=marketer, now=NOW)
    assert again.pk == segment.pk
    assert set(segment.queryset(marketer).values_list("pk", flat=True)) == set(keys[:2])
    snapshot = freeze(segment, actor=marketer, now=NOW)
    assert snapshot.count == members_of(snapshot).count() == 2


@pytest.mark.spec("MKT-77")
def test_a_group_of_the_newest_cluster_run_is_kept_from_the_page(
    client, people, far_seller
) -> None:
    run = ClusterRun.objects.create(
        slot="2026-05", run_at=NOW, seed=1, features=[], customers=3, k=2, silhouette=0, tried=[]
    )
    group = Cluster.objects.create(run=run, number=1, words=[], centre={}, off={}, size=3)
    stranger = CustomerFactory(owner=far_seller)
    for one in (people[0], people[3], stranger):
        ClusterMember.objects.create(cluster=group, customer=one)
    page = client.get("/segments/")
    ((key, name),) = page.context["clusters"]
    assert key == "2026-05:1"
    assert client.post("/segments/clusters/", {"cluster": "2026-05:9"}).status_code == 409
    assert client.post("/segments/clusters/", {"cluster": key}).status_code == 302
    assert client.post("/segments/clusters/", {"cluster": key}).status_code == 302
    segment = Segment.objects.get()
    assert (segment.kind, segment.name) == ("cluster", name)
    assert client.get(segment.get_absolute_url()).context["size"] == 2


def test_presets_can_be_edited_as_fields(client) -> None:
    for key in PRESETS:
        form = client.get(f"{ADD}?preset={key}").context["form"]
        assert "rule" not in form.initial, key


def test_lists_take_the_same_few_statements_at_any_length(
    client, marketer, people, seller, django_assert_max_num_queries
) -> None:
    segment = make(marketer)
    with django_assert_max_num_queries(40):
        client.get("/segments/")
    for number in range(20):
        make(marketer, name=f"细分{number}")
        CustomerFactory(owner=seller, intent=3)
    for url in ("/segments/", f"{segment.get_absolute_url()}members/"):
        client.get(url)
        with django_assert_max_num_queries(25):
            client.get(url)
