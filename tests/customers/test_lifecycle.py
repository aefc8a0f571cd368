"""The phases of the relationship: from the stage, churned by the rule only, back by an enquiry."""

import ast
from pathlib import Path

import pytest

import customers
from crm_site.audit.models import AuditEvent
from customers.models import Customer, PhaseEvent, Playbook, PlaybookRun
from customers.rules.axes import LeadState
from customers.services.classes import change_class
from customers.services.customers import update_customer
from customers.services.leads import Enquiry, capture_lead, move_lead
from customers.services.lifecycle import mark_churned, reactivate_all
from customers.services.stages import change_stage
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
RULE = "no-contact-180"


@pytest.fixture
def customer(consultant, now):
    return CustomerFactory(owner=consultant, stage_since=now)


def phase(customer):
    return Customer.objects.values_list("phase", flat=True).get(pk=customer.pk)


def test_the_phase_follows_the_stage_with_history(customer, consultant, now):
    for stage in ("watching", "deciding", "watching"):
        change_stage(
            customer=customer,
            to=stage,
            reason="",
            held_from=None,
            manual=True,
            actor=consultant,
            now=now,
        )
    assert phase(customer) == "new"
    events = PhaseEvent.objects.filter(customer=customer).order_by("pk")
    assert [(e.from_phase, e.to_phase, e.reason) for e in events] == [
        ("potential", "new", "stage:watching"),
        ("new", "active", "stage:deciding"),
        ("active", "new", "stage:watching"),
    ]
    assert AuditEvent.objects.filter(kind="customer.phase_changed").count() == 3


def test_a_purchase_makes_active_whatever_the_stage(customer, supervisor, now):
    for owned in ("intent", "first_purchase"):
        change_class(customer=customer, to=owned, reason="签约补录", actor=supervisor, now=now)
    assert phase(customer) == "active"


@pytest.mark.spec("CUS-21")
def test_only_the_churn_rule_makes_churned(customer, consultant, client_for, now):
    """Losing every lead, editing and the API do not; the rule does, once, and says which it was."""
    lead = LeadFactory(customer=customer, state="contacted")
    move_lead(lead=lead, to=LeadState.LOST, reason="价格", actor=consultant, now=now)
    client = client_for(consultant)
    url, version = f"/api/v1/customers/{customer.pk}/", customer.version
    body = {"version": version, "changes": {"phase": "churned"}}
    assert client.patch(url, body, "application/json").status_code == 400
    client.post(f"/customers/{customer.pk}/edit/", {"name": "王", "phase": "churned", "version": 1})
    client.post(f"/customers/{customer.pk}/stage/", {"to": "churned"})
    assert phase(customer) != "churned"
    with pytest.raises(ValueError, match="rule"):
        mark_churned(customer=customer, rule=" ", now=now)
    assert mark_churned(customer=customer, rule=RULE, now=now)
    assert not mark_churned(customer=customer, rule=RULE, now=now)
    assert phase(customer) == "churned"
    assert PhaseEvent.objects.get(to_phase="churned").reason == f"rule:{RULE}"
    tab = client.get(f"/customers/{customer.pk}/standing/")
    assert str(tab.context["service_phase"]) in ("退出", "Exit")


@pytest.mark.spec("CUS-21")
def test_no_other_code_writes_churned():
    """Every name of the value in the app's code stands where it is read, except in one module."""
    root = Path(customers.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == "CHURNED":
                found.add(path.relative_to(root).as_posix())
            is_keyword = isinstance(node, ast.keyword) and node.arg == "phase"
            if is_keyword and isinstance(node.value, ast.Constant):
                assert node.value.value != "churned", path
    writers = {name for name in found if name.startswith(("services/", "importers/", "views/"))}
    assert writers <= {"services/lifecycle.py", "services/stages.py"}
    calls = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "mark_churned(" in path.read_text()
    ]
    assert calls == ["services/lifecycle.py"]


def test_leaving_starts_the_playbook_of_winning_back(customer, now):
    steps = [
        {"key": "one", "title": "回访", "offset_hours": 24, "role": "owner", "task_kind": "call"}
    ]
    Playbook.objects.create(name="挽回", trigger="phase:churned", steps=steps)
    mark_churned(customer=customer, rule=RULE, now=now)
    mark_churned(customer=customer, rule=RULE, now=now)
    assert PlaybookRun.objects.filter(customer=customer).count() == 1


def test_an_edit_leaves_churned_and_a_new_enquiry_ends_it(customer, consultant, now):
    mark_churned(customer=customer, rule=RULE, now=now)
    update_customer(
        customer=customer, changes={"city": "杭州"}, version=1, actor=consultant, now=now
    )
    assert phase(customer) == "churned"
    point = Enquiry(capture_point="hotline")
    capture_lead(customer=customer, enquiry=point, actor=consultant, now=now)
    assert phase(customer) == "potential"
    last = PhaseEvent.objects.filter(customer=customer).latest("pk")
    assert (last.from_phase, last.to_phase, last.reason) == ("churned", "potential", "enquiry")


def test_an_import_brings_back_all_who_enquire_again(consultant, now):
    made = CustomerFactory.create_batch(3, owner=consultant)
    for customer in made[:2]:
        mark_churned(customer=customer, rule=RULE, now=now)
    ids = [customer.pk for customer in made]
    assert reactivate_all(customer_ids=ids, reason="enquiry", actor=None, now=now) == 2
    assert {phase(customer) for customer in made} == {"potential"}
