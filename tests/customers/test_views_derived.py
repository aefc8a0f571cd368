"""Potential, intent, closed and potential, new, old: SQL as the rule, never stored (CUS-17)."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.derived_sql import PROCESS, TENURE, existing_condition, process_case, tenure_case
from customers.models import Customer
from customers.rules.axes import CustomerClass, Phase
from customers.rules.derived import (
    Base,
    ProcessView,
    TenureView,
    base_of,
    process_view,
    tenure_view,
)
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ALL = list(itertools.product(CustomerClass, Phase, ("", "翠园")))


def make(combinations):
    return Customer.objects.bulk_create(
        CustomerFactory.build(
            customer_class=owned.value,
            phase=phase.value,
            managed_estate=estate,
            phone=None,
            phone_index=None,
            phone_tail_index=None,
        )
        for owned, phase, estate in combinations
    )


@pytest.mark.spec("CUS-17")
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(ALL), min_size=1, max_size=20))
def test_every_customer_maps_to_exactly_one_value_in_each_view_as_the_rule_says(combinations):
    ids = [row.pk for row in make(combinations)]
    rows = Customer.objects.filter(pk__in=ids)
    for conditions in (PROCESS, TENURE):
        found = [
            pk for q in conditions.values() for pk in rows.filter(q).values_list("pk", flat=True)
        ]
        assert sorted(found) == sorted(ids)
    for row in rows.annotate(process=process_case(), tenure=tenure_case()):
        owned, phase = CustomerClass(row.customer_class), Phase(row.phase)
        assert row.process == process_view(owned).value
        assert row.tenure == tenure_view(owned, phase).value
    for base in (*Base, None):
        wanted = {
            row.pk
            for row in rows
            if (found := base_of(CustomerClass(row.customer_class), row.managed_estate))
            and base in (found, None)
        }
        assert set(rows.filter(existing_condition(base)).values_list("pk", flat=True)) == wanted


@pytest.mark.spec("CUS-17")
def test_the_filters_of_list_and_api_part_everybody_into_each_view(consultant, client_for):
    for owned, phase, estate in ALL:
        CustomerFactory(
            owner=consultant,
            customer_class=owned.value,
            phase=phase.value,
            managed_estate=estate,
        )
    client = client_for(consultant)
    for name, values in (("process", ProcessView), ("tenure", TenureView)):
        listed = [
            row.pk
            for value in values
            for row in client.get(
                f"/customers/?view=all&{name}={value.value}&page_size=50"
            ).context["rows"]
        ]
        assert len(listed) == len(set(listed)) == len(ALL) == 40
        answers = [client.get(f"/api/v1/customers/?{name}={value.value}") for value in values]
        assert sum(answer.json()["count"] for answer in answers) == 40
    assert client.get("/customers/?process=other").status_code == 422


def test_neither_view_is_a_column():
    names = {field.name for field in Customer._meta.get_fields()}
    assert not names & {"process", "tenure", "process_view", "tenure_view"}
