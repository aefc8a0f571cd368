"""Who refuses assessment by machine has no grade, score or activity anywhere (PIPL, art. 24)."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from crm_site.audit.models import AuditEvent
from customers.exporting import cells, select
from customers.grade_policy import GradePolicy
from customers.models import ClassEvent, Customer, CustomerGrade, CustomerStanding, GradeEvent
from customers.rules.axes import Channel, Grade
from customers.rules.consent import Purpose
from customers.rules.grades import grade_by_share, last_ranks, score
from customers.rules.search import name_tokens
from customers.selectors.grades import explain
from customers.services.consents import record_consent
from customers.services.grading import regrade, regrade_customers
from customers.services.merging import merge_customers
from customers.services.standing import refresh_standing
from customers.services.unmerging import unmerge
from tests.customers.crowds import inputs_of, random_customers
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def says(customer, *, is_given, at=None, purpose=Purpose.PROFILING):
    return record_consent(
        customer=customer,
        purpose=purpose,
        is_given=is_given,
        channel=Channel.PHONE,
        actor=None,
        now=at or timezone.now(),
    )


def graded():
    return set(CustomerGrade.objects.values_list("customer", flat=True))


@pytest.fixture
def crowd(org, consultant, now):
    rows = random_customers(40, owner=consultant, regions=[org.region_east.pk], now=now)
    regrade(slot="one", now=now)
    refresh_standing(now=now)
    return rows


def test_a_withdrawal_takes_grade_and_standing_away_at_once_and_the_night_leaves_them_out(
    crowd, client_for, consultant
):
    one, *rest = crowd
    url = reverse("customers:consent-record", args=[one.pk])
    data = {"purpose": "profiling", "is_given": "no", "channel": "phone"}
    assert client_for(consultant).post(url, data).status_code == 302
    others = {row.pk for row in rest}
    assert graded() == others
    assert set(CustomerStanding.objects.values_list("customer", flat=True)) == others
    event = GradeEvent.objects.get(to_grade="")
    assert (event.customer_id, event.actor, event.score) == (one.pk, consultant, 0)
    assert AuditEvent.objects.filter(kind="grade.removed").count() == 1
    later = timezone.now() + timedelta(days=1)
    assert regrade(slot="two", now=later).scored == len(rest)
    assert refresh_standing(now=later).looked_at == len(rest)
    assert regrade_customers(customer_ids=[one.pk], now=later).scored == 0
    assert graded() == others
    assert GradeEvent.objects.filter(to_grade="").count() == 1
    says(one, is_given=True)
    regrade_customers(customer_ids=[one.pk], now=later)
    refresh_standing(now=later)
    assert graded() == others | {one.pk}
    assert CustomerStanding.objects.filter(customer=one).exists()


def test_other_purposes_and_an_older_no_change_nothing(crowd, now):
    one = crowd[0]
    says(one, is_given=False, purpose=Purpose.MARKETING)
    says(one, is_given=True)
    says(one, is_given=False, at=now - timedelta(days=9))
    assert one.pk in graded()
    regrade(slot="two", now=timezone.now())
    assert len(graded()) == len(crowd)


def test_the_ranks_are_those_of_the_others_and_merged_records_take_no_place(crowd, supervisor, now):
    refusing, gone, kept, *rest = crowd
    says(refusing, is_given=False)
    merge_customers(kept=kept, gone=gone, actor=supervisor, now=timezone.now())
    assert regrade(slot="two", now=timezone.now()).scored == len(crowd) - 2
    letters = list(
        CustomerGrade.objects.filter(customer__in=[kept, *rest]).values_list("grade", flat=True)
    )
    reached = last_ranks(len(letters), shares=GradePolicy().share_list)
    assert [sum(letter <= mark for letter in letters) for mark in "ABCD"] == list(reached)


def test_a_class_given_by_the_test_of_value_falls_back_and_one_set_by_hand_stays(org, consultant):
    tested = CustomerFactory(owner=consultant, customer_class="high_value")
    by_hand = CustomerFactory(owner=consultant, customer_class="high_value", class_is_manual=True)
    for customer in (tested, by_hand):
        says(customer, is_given=False)
        customer.refresh_from_db()
    assert (tested.customer_class, by_hand.customer_class) == ("existing", "high_value")
    assert ClassEvent.objects.get().reason == "profiling refused"


def test_a_refusal_comes_along_with_a_merge_and_leaves_with_its_undo(crowd, supervisor, now):
    kept, gone = crowd[:2]
    says(gone, is_given=False)
    merge = merge_customers(kept=kept, gone=gone, actor=supervisor, now=timezone.now())
    assert kept.pk not in graded()
    unmerge(merge=merge, actor=supervisor, now=timezone.now())
    regrade(slot="two", now=timezone.now())
    assert kept.pk in graded()
    assert gone.pk not in graded()


@pytest.mark.django_db(transaction=True)
def test_a_grading_under_way_never_outlives_a_withdrawal(org, consultant, now):
    """The withdrawal waits for the single grading and takes its row away."""
    customer = CustomerFactory(owner=consultant)
    started = threading.Event()

    def withdraw():
        started.set()
        try:
            says(customer, is_given=False)
        finally:
            close_old_connections()
            connection.close()

    other = threading.Thread(target=withdraw)
    with transaction.atomic():
        regrade_customers(customer_ids=[customer.pk], now=now)
        assert CustomerGrade.objects.filter(customer=customer).exists()
        other.start()
        started.wait(5)
        other.join(0.5)
        assert other.is_alive()
    other.join(10)
    assert not CustomerGrade.objects.exists()


@pytest.mark.check("A-41")
def test_grades_are_explained_refused_and_overridden(
    org, client_for, consultant, supervisor, executive, now
):
    rows = random_customers(199, owner=consultant, regions=[org.region_east.pk], now=now)
    rows.append(CustomerFactory(owner=consultant, name="欧阳若水", intent=3))
    Customer.objects.filter(pk__in=[row.pk for row in rows]).update(
        team=consultant.node,
        project=consultant.node.project_id,
        region=consultant.node.region_id,
    )
    Customer.objects.filter(pk=rows[-1].pk).update(tokens=name_tokens(rows[-1].name))
    regrade(slot="one", now=now)
    refresh_standing(now=now)
    _explanations_reproduce(rows, now)
    one = Customer.objects.get(pk=rows[-1].pk)
    held = one.grading
    LeadFactory(customer=one, project=one.project, owner=consultant)
    TaskFactory(customer=one, owner=consultant, due_at=timezone.now() - timedelta(days=400))
    own, boss = client_for(consultant), client_for(supervisor)
    shown = own.get(one.get_absolute_url(), headers=ENGLISH).content.decode()
    assert f"grade-{held.grade}" in shown
    says(one, is_given=False)
    _shown_nowhere(one, held, own, boss)
    _overridden(rows[0], boss)


def _explanations_reproduce(rows, now):
    """Inputs and weights of the explanation give the score; the letter follows from the rank."""
    scores, letters = {}, {}
    for grading in CustomerGrade.objects.select_related("customer"):
        why = explain(grading, now=now, sees_sensitive=True)
        scored = score(inputs_of(grading.customer, now), weights=why.policy.weight_list)
        assert sum(bar.points for bar in why.bars) == grading.score == scored.score
        assert tuple(bar.points for bar in why.bars) == tuple(grading.points) == scored.points
        assert why.by_share
        scores[grading.customer_id], letters[grading.customer_id] = scored.score, grading.grade
    assert len(scores) == len(rows) == 200
    ranked = grade_by_share(scores, shares=why.policy.share_list)
    assert letters == {pk: grade.value for pk, grade in ranked.items()}


def _shown_nowhere(one, held, own, boss):
    record = one.get_absolute_url()
    for client, path in (
        *((own, record), (boss, record)),
        (own, f"/customers/{one.pk}/grade/"),
        (own, reverse("customers:standing-tab", args=[one.pk])),
        (own, reverse("customers:relation-list", args=[one.pk])),
        (own, reverse("customers:plans", args=[one.pk])),
    ):
        page = client.get(path, headers=ENGLISH).content.decode()
        main = page[page.index("<main") :]
        assert "Not assessed" in main, path
        for trace in ('class="grade ', str(held.score), "st-figure"):
            assert trace not in main, path
    chinese = own.get(record, headers={"accept-language": "zh-hans"}).content.decode()
    assert "未评估" in chinese
    for client in (own, boss):
        every = {row.pk: row for row in _listed(client, "?view=all&columns=grade,activity")}
        assert "Not assessed" in every[one.pk].grade
        assert every[one.pk].activity == "--"
        for asked in (f"grade={held.grade}", "activity=100"):
            assert one.pk not in {row.pk for row in _listed(client, f"?view=all&{asked}")}
    _no_mark_beside_the_name(one, own, reverse("customers:board"))
    _no_mark_beside_the_name(one, own, reverse("customers:today"))
    found = own.get("/search/?q=" + one.name, headers=ENGLISH).content.decode()
    assert one.name in found
    assert 'class="grade ' not in found
    for path, values in (
        (f"/api/v1/customers/{one.pk}/", {"grade": None, "is_assessed": False}),
        (
            f"/api/v1/customers/{one.pk}/standing/",
            {"is_assessed": False, "activity": None, "power": None, "willingness": None}
            | {"loyalty": None, "is_high_value": False},
        ),
    ):
        answer = own.get(path).json()
        assert {key: answer[key] for key in values} == values
    with translation.override("en"):
        rows = select(one.owner, QueryDict("")).filter(pk=one.pk)
        assert cells(rows, one.owner, ("name", "grade"), timezone.now()) == [
            [one.name, "Not assessed"]
        ]


def _listed(client, query):
    return client.get(f"/customers/{query}&per=100", headers=ENGLISH).context["rows"]


def _no_mark_beside_the_name(one, client, page):
    """The part of the page between the link to the customer and the end of its row."""
    text = client.get(page, headers=ENGLISH).content.decode()
    part = text[text.index(f'href="{one.get_absolute_url()}"') :][:300]
    assert "Not assessed" in part
    assert 'class="grade ' not in part.split("Not assessed")[0]


def _overridden(row, boss):
    """A person decides otherwise: with a reason, until a day; without a reason nothing changes."""
    before = row.grading.grade
    other = Grade.A if before != "A" else Grade.B
    url = reverse("customers:grade-lock", args=[row.pk])
    day = timezone.localdate() + timedelta(days=30)
    data = {"grade": other.value, "reason": "", "until": day.isoformat()}
    assert boss.post(url, data, headers={"HX-Request": "true"}).status_code == 422
    assert CustomerGrade.objects.get(customer=row).grade == before
    data["reason"] = "老客户介绍，亲自核实"
    assert boss.post(url, data).status_code == 302
    held = CustomerGrade.objects.get(customer=row)
    assert (held.grade, held.lock_reason) == (other.value, "老客户介绍，亲自核实")
    assert AuditEvent.objects.get(kind="grade.locked").reason == "老客户介绍，亲自核实"
    regrade(slot="two", now=timezone.now())
    assert CustomerGrade.objects.get(customer=row).grade == other.value
