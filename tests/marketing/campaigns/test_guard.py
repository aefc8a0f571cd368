"""No budget holds less than what is given on and spent of it, however many write at once."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections, transaction

from marketing.campaigns.errors import OverBudgetError
from marketing.campaigns.models import BudgetNode, CostItem
from marketing.campaigns.models.budget import GUARD
from marketing.campaigns.services.budgets import free_of
from marketing.campaigns.services.costs import CostDraft, book_cost

D = Decimal
PLENTY = 8


def company_with(amount, **more):
    return BudgetNode.objects.create(kind="company", year=2026, amount=amount, **more)


def spend(node, amount):
    return CostItem.objects.create(
        node=node, amount=amount, on=date(2026, 5, 1), note="投放", state="approved"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["cost", "raise cost", "state", "child", "raise child", "lower"])
def test_the_database_refuses_to_overspend_whoever_writes(org, how) -> None:
    node = company_with(D(100))
    child = BudgetNode.objects.create(
        kind="project", parent=node, year=2026, amount=D(40), project=org.project_one
    )
    cost = spend(node, D(50))
    asked = CostItem.objects.create(node=node, amount=D(30), on=date(2026, 5, 1), note="待批")
    other = {"kind": "project", "parent": node, "year": 2026, "project": org.project_two}
    writes = {
        "cost": lambda: spend(node, D("10.01")),
        "raise cost": lambda: CostItem.objects.filter(pk=cost.pk).update(amount=D("60.01")),
        "state": lambda: CostItem.objects.filter(pk=asked.pk).update(state="paid"),
        "child": lambda: BudgetNode.objects.create(amount=D("10.01"), **other),
        "raise child": lambda: BudgetNode.objects.filter(pk=child.pk).update(amount=D("50.01")),
        "lower": lambda: BudgetNode.objects.filter(pk=node.pk).update(amount=D("89.99")),
    }
    with pytest.raises(IntegrityError, match=GUARD), transaction.atomic():
        writes[how]()
    assert free_of(node) == D(10)
    spend(node, D(10))  # to the cent is allowed
    assert free_of(node) == D(0)


def _at_once(work, number=PLENTY):
    """Let ``number`` threads do ``work`` at the same moment; return what they raised."""
    gate, raised = threading.Barrier(number), []

    def run(place):
        try:
            gate.wait(timeout=30)
            work(place)
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=120)
    assert not any(one.is_alive() for one in threads)
    return raised


@pytest.mark.spec("MKT-75")
@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_spend_more_than_the_budget_holds(now) -> None:
    node = company_with(D(100))

    def book(place):
        draft = CostDraft(on=date(2026, 5, 1), amount=D(30), note="投放", source_key=f"k{place}")
        book_cost(draft=draft, actor=None, now=now)

    raised = _at_once(book)
    assert len(raised) == PLENTY - 3
    assert all(isinstance(one, OverBudgetError) for one in raised)
    assert free_of(node) == D(10)


def _two_writers(node):
    """Two transactions spend 60 of 100 each, the second before the first has ended."""
    first_wrote, second_tried, raised = threading.Event(), threading.Event(), []

    def second():
        first_wrote.wait(timeout=30)
        try:
            second_tried.set()
            spend(node, D(60))
        except IntegrityError as error:
            raised.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=second)
    other.start()
    with transaction.atomic():
        spend(node, D(60))
        first_wrote.set()
        second_tried.wait(timeout=30)
        other.join(timeout=1)  # the guard makes it wait for this transaction
    other.join(timeout=60)
    assert not other.is_alive()
    return raised


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_the_second_of_two_overlapping_writers_is_refused_only_by_the_guard(is_guarded) -> None:
    """Without the guard both succeed: what the other tests see is its work alone."""
    node = company_with(D(100))
    switch = "ALTER TABLE marketing_costitem {} TRIGGER cost_within_budget"
    with connection.cursor() as cursor:
        if not is_guarded:
            cursor.execute(switch.format("DISABLE"))
        try:
            raised = _two_writers(node)
        finally:
            cursor.execute(switch.format("ENABLE"))
    assert len(raised) == (1 if is_guarded else 0)
    assert free_of(node) == (D(40) if is_guarded else D(-20))
