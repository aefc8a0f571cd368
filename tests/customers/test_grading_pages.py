"""Grades through the pages: change a weight, see who moves; why; lock; the split."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.common.templatetags.crm import explanation_bars
from crm_site.policies.models import PolicyVersion
from customers.grade_policy import WEIGHTS, GradePolicy
from customers.models import Customer, CustomerGrade, GradeEvent
from customers.rules.axes import Grade
from customers.rules.grades import FACTORS
from customers.selectors.grades import explain, grade_split
from customers.services.grade_locks import GradeLockError, lock_grade, unlock_grade
from customers.services.grading import regrade
from tests.customers.crowds import random_customers
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
URL = f"/policies/{WEIGHTS}/"


@pytest.fixture
def crowd(org, consultant, now):
    rows = random_customers(120, owner=consultant, regions=[org.region_east.pk], now=now)
    regrade(slot="one", now=now)
    return rows


def entered(**weights):
    """The propose form with other weights."""
    policy = GradePolicy()
    data = {"mode": policy.mode.value, "reason": "看重购买力", "valid_from": ""}
    data |= {f"weights.{k}": v for k, v in (policy.weights | weights).items()}
    data |= {f"shares.{k}": v for k, v in policy.shares.items()}
    data |= {f"cutoffs.{k}": v for k, v in policy.cutoffs.items()}
    return data


@pytest.mark.spec("CUS-11")
def test_changing_a_weight_shows_who_would_move_and_then_moves_exactly_them(
    crowd, executive, head_office, client_for, now
):
    author, approver = client_for(executive), client_for(head_office)
    before = dict(CustomerGrade.objects.values_list("customer", "grade"))
    author.post(f"{URL}propose/", entered(contribution=5, spending=30))
    version = PolicyVersion.objects.get(key=WEIGHTS, state="draft").version
    answer = author.get(f"{URL}versions/{version}/preview/")
    preview = answer.context["preview"]
    assert dict(CustomerGrade.objects.values_list("customer", "grade")) == before
    author.post(f"{URL}versions/{version}/submit/")
    approver.post(f"{URL}versions/{version}/approve/")
    regrade(slot="two", now=timezone.now())
    after = dict(CustomerGrade.objects.values_list("customer", "grade"))
    moved = {pk for pk in before if before[pk] != after[pk]}
    assert preview.counts[0][1] == len(moved) > 0
    assert preview.counts[1][1] == len(before)
    table = {
        (row[0], letter): n
        for row in preview.matrix
        for letter, n in zip("ABCDE", row[1:], strict=True)
    }
    for was in "ABCDE":
        for to in "ABCDE":
            expected = sum(before[pk] == was and after[pk] == to for pk in before)
            assert table.get((was, to), 0) == expected
    listed = {row[0][1]: (row[1], row[2]) for row in preview.rows}
    assert len(listed) == min(50, len(moved))
    for url, (was, to) in listed.items():
        pk = int(url.strip("/").split("/")[-1])
        assert (before[pk], after[pk]) == (was, to)

    # … and the breakdown adds up to the score, on the page of a customer the executive sees
    Customer.objects.filter(pk__in=moved).update(region=executive.node)
    pk = min(moved)
    explained = author.get(f"/customers/{pk}/grade/").context["explained"]
    assert sum(bar.points for bar in explained.bars) == explained.grading.score
    assert explained.grading.policy_version == version
    assert len(explained.bars) == 6


def test_the_preview_lists_only_customers_the_asker_may_see(
    crowd, org, executive, head_office, client_for
):
    Customer.objects.filter(pk=crowd[0].pk).update(region=org.region_south)
    author = client_for(executive)
    author.post(f"{URL}propose/", entered(contribution=5, spending=30))
    version = PolicyVersion.objects.get(key=WEIGHTS, state="draft").version
    Customer.objects.exclude(pk=crowd[1].pk).update(region=org.region_south)
    preview = author.get(f"{URL}versions/{version}/preview/").context["preview"]
    visible = {f"/customers/{crowd[1].pk}/"}
    assert {row[0][1] for row in preview.rows} <= visible
    assert preview.counts[1][1] == 120


def test_the_preview_for_somebody_who_sees_no_customer_lists_none(
    crowd, executive, secadmin, client_for
):
    client_for(executive).post(f"{URL}propose/", entered(contribution=5, spending=30))
    version = PolicyVersion.objects.get(key=WEIGHTS, state="draft").version
    preview = client_for(secadmin).get(f"{URL}versions/{version}/preview/").context["preview"]
    assert preview.rows == []
    assert preview.counts[0][1] > 0


def test_locked_customers_stay_in_the_preview(crowd, executive, supervisor, client_for, now):
    for row in crowd:
        lock_grade(
            customer=row,
            grade=Grade.C,
            reason="x",
            until=timezone.now() + timedelta(days=2),
            actor=supervisor,
            now=timezone.now(),
        )
    client = client_for(executive)
    client.post(f"{URL}propose/", entered(contribution=5, spending=30))
    version = PolicyVersion.objects.get(key=WEIGHTS, state="draft").version
    preview = client.get(f"{URL}versions/{version}/preview/").context["preview"]
    assert preview.counts[0][1] == 0


def test_weights_that_do_not_add_up_are_named(executive, client_for):
    answer = client_for(executive).post(f"{URL}propose/", entered(spending=11))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["weights.contribution"]
    assert not PolicyVersion.objects.filter(version__gt=1).exists()


@pytest.mark.spec("CUS-12")
def test_the_split_turns_amber_beyond_five_points_only(org, executive, client_for, now):
    rows = [
        CustomerFactory(region=org.region_east, phone=None, phone_tail_index=None)
        for _ in range(100)
    ]

    def grades(**counts):
        CustomerGrade.objects.all().delete()
        letters = [letter for letter, n in counts.items() for _ in range(n)]
        CustomerGrade.objects.bulk_create(
            CustomerGrade(
                customer=row,
                grade=letter,
                score=Decimal(50),
                points=[Decimal(50)] + [Decimal(0)] * 5,
                policy_version=1,
                graded_at=now,
            )
            for row, letter in zip(rows, letters, strict=True)
        )

    grades(A=20, B=25, C=45, D=5, E=5)  # exactly five points off
    page = client_for(executive).get(URL)
    split = page.context["split"]
    assert [(s.grade, s.count, s.share, s.benchmark) for s in split.shares] == [
        ("A", 20, Decimal(20), 15),
        ("B", 25, Decimal(25), 30),
        ("C", 45, Decimal(45), 45),
        ("D", 5, Decimal(5), 5),
        ("E", 5, Decimal(5), 5),
    ]
    assert not split.is_off
    assert "bar-amber" not in page.content.decode()
    grades(A=21, B=24, C=45, D=5, E=5)
    page = client_for(executive).get(URL)
    assert [s.is_off for s in page.context["split"].shares] == [True, True, False, False, False]
    assert page.content.decode().count("bar-amber") == 2


def test_the_split_counts_what_one_sees(crowd, org, executive, now):
    Customer.objects.filter(pk=crowd[0].pk).update(region=org.region_south)
    assert grade_split(user=executive, policy=GradePolicy()).total == 119


def test_the_split_without_customers_has_no_shares(executive):
    split = grade_split(user=executive, policy=GradePolicy())
    assert (split.total, {s.share for s in split.shares}, split.is_off) == (0, {None}, False)


def test_why_lists_six_factors_with_their_weights(crowd, consultant, client_for):
    pk = crowd[0].pk
    page = client_for(consultant).get(f"/customers/{pk}/grade/", headers={"HX-Request": "true"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "<html" not in text
    assert text.count("<li class") == 7  # six factors and the sum
    held = CustomerGrade.objects.get(customer=pk)
    assert f">{held.score}<" in text
    whole = client_for(consultant).get(f"/customers/{pk}/grade/").content.decode()
    assert "<html" in whole


def test_two_hundred_explanations_reproduce_the_score(org, consultant, now):
    rows = random_customers(200, owner=consultant, regions=[org.region_east.pk], now=now)
    regrade(slot="one", now=now)
    for held in CustomerGrade.objects.filter(customer__in=rows):
        why = explain(held, now=now, sees_sensitive=True)
        assert sum(bar.points for bar in why.bars) == held.score
        assert [bar.points for bar in why.bars] == held.points
        assert all(
            bar.points <= weight
            for bar, weight in zip(why.bars, why.policy.weight_list, strict=True)
        )
        assert len(why.bars) == len(FACTORS)
        assert explanation_bars([("x", held.score)])[0].points == held.score


def test_a_customer_without_a_grade_says_when_it_comes(consultant, client_for):
    row = CustomerFactory(owner=consultant)
    answer = client_for(consultant).get(f"/customers/{row.pk}/grade/")
    assert answer.status_code == 200
    assert answer.context["explained"] is None


def test_invisible_customers_are_not_found(crowd, consultant_c, supervisor, client_for):
    pk = crowd[0].pk
    assert client_for(consultant_c).get(f"/customers/{pk}/grade/").status_code == 404


def lock_form(**changes):
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    return {"grade": "A", "reason": "老板的朋友", "until": until} | changes


@pytest.fixture
def theirs(crowd, supervisor):
    Customer.objects.filter(pk=crowd[0].pk).update(team=supervisor.node)
    return crowd[0]


def test_locking_by_hand_through_the_page(theirs, supervisor, client_for):
    before = CustomerGrade.objects.get(customer=theirs).grade
    target = "A" if before != "A" else "B"
    client = client_for(supervisor)
    answer = client.post(f"/customers/{theirs.pk}/grade/lock/", lock_form(grade=target))
    assert (answer.status_code, answer.url) == (302, f"/customers/{theirs.pk}/")
    held = CustomerGrade.objects.get(customer=theirs)
    assert (held.grade, held.lock_reason) == (target, "老板的朋友")
    event = GradeEvent.objects.filter(customer=theirs).latest("pk")
    assert (event.from_grade, event.to_grade, event.actor) == (before, target, supervisor)
    audited = AuditEvent.objects.get(kind="grade.locked")
    assert (audited.actor_id, audited.subject_id, audited.reason) == (
        supervisor.pk,
        str(theirs.pk),
        "老板的朋友",
    )
    assert client.get(f"/customers/{theirs.pk}/grade/").context["explained"].is_locked
    assert client.post(f"/customers/{theirs.pk}/grade/unlock/").status_code == 302
    held.refresh_from_db()
    assert (held.locked_until, held.grade) == (None, target)
    assert AuditEvent.objects.filter(kind="grade.unlocked").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"grade": "F"}, "grade"),
        ({"reason": " "}, "reason"),
        ({"until": ""}, "until"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2999-01-01"}, "until"),
    ],
)
def test_a_lock_that_cannot_be_leaves_the_grade(theirs, supervisor, client_for, changes, field):
    before = CustomerGrade.objects.values().get(customer=theirs)
    answer = client_for(supervisor).post(
        f"/customers/{theirs.pk}/grade/lock/", lock_form(**changes)
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert CustomerGrade.objects.values().get(customer=theirs) == before
    assert not AuditEvent.objects.filter(kind="grade.locked").exists()


def test_a_consultant_may_not_lock(theirs, consultant, client_for):
    url = f"/customers/{theirs.pk}/grade/lock/"
    assert client_for(consultant).post(url, lock_form()).status_code == 403
    assert CustomerGrade.objects.get(customer=theirs).locked_until is None


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_lock_ends_within_a_year(theirs, supervisor, now, days):
    with pytest.raises(GradeLockError):
        lock_grade(
            customer=theirs,
            grade=Grade.A,
            reason="x",
            until=now + timedelta(days=days),
            actor=supervisor,
            now=now,
        )
    assert CustomerGrade.objects.get(customer=theirs).locked_until is None


def test_there_is_nothing_to_lock_or_unlock_without_a_grade_or_lock(theirs, supervisor, now):
    bare = CustomerFactory()
    with pytest.raises(GradeLockError):
        lock_grade(
            customer=bare,
            grade=Grade.A,
            reason="x",
            until=now + timedelta(days=1),
            actor=supervisor,
            now=now,
        )
    with pytest.raises(GradeLockError):
        unlock_grade(customer=theirs, actor=supervisor, now=now)


def test_the_runs_are_listed(crowd, supervisor, consultant, client_for):
    page = client_for(supervisor).get("/grades/runs/")
    assert [run.slot for run in page.context["runs"]] == ["one"]
    assert client_for(consultant).get("/grades/runs/").status_code == 403
