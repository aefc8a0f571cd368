"""Customer groups by nature: needs of each group, the report, the filter (CUS-07)."""

import pytest

from customers.models import Customer
from customers.rules.axes import Nature
from customers.rules.groups import needs_of
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(consultant):
    return CustomerFactory(owner=consultant)


def typed(customer, nature, **needs):
    customer.refresh_from_db()
    return {"version": customer.version, "nature": nature, "managed_estate": ""} | {
        f"need_{key}": text for key, text in needs.items()
    }


@pytest.mark.spec("CUS-07")
def test_the_form_switches_its_fields_by_group_with_and_without_script(
    customer, consultant, client_for
):
    client, url = client_for(consultant), f"/customers/{customer.pk}/group/"
    for nature in Nature:
        wanted = {f'name="need_{key}"' for key in needs_of(nature)}
        others = {f'name="need_{key}"' for each in Nature for key in needs_of(each)} - wanted
        fragment = client.get(f"{url}fields/", {"nature": nature.value}).content.decode()
        page = client.post(url, typed(customer, nature.value) | {"switch": "1"})
        assert page.status_code == 200
        for text in (fragment, page.content.decode()):
            assert all(field in text for field in wanted), nature
            assert not any(field in text for field in others), nature
    customer.refresh_from_db()
    assert (customer.nature, customer.needs, customer.version) == ("", {}, 1)
    assert (
        client.post(url, typed(customer, "family", comfort="安静", safety="人车分流")).status_code
        == 302
    )
    customer.refresh_from_db()
    assert (customer.nature, customer.needs) == (
        "family",
        {"comfort": "安静", "safety": "人车分流"},
    )
    assert "人车分流" in client.get(f"/customers/{customer.pk}/standing/").content.decode()


@pytest.mark.spec("CUS-07")
def test_the_report_by_group_sums_to_all_customers(consultant, consultant_c, client_for):
    natures = ["family"] * 3 + ["investor", "institution", "enterprise", "government", "", ""]
    for nature in natures:
        CustomerFactory(owner=consultant, nature=nature)
    CustomerFactory(owner=consultant_c, nature="family")
    client = client_for(consultant)
    context = client.get("/customers/groups/").context
    assert [number for _label, number, *_rest in context["rows"]] == [3, 1, 1, 1, 1, 2]
    assert context["total"] == sum(number for _label, number, *_rest in context["rows"]) == 9
    for _label, number, _share, url in context["rows"]:
        assert len(client.get(url).context["rows"]) == number


def test_another_group_drops_the_needs_of_the_former(customer, consultant, client_for):
    client, url = client_for(consultant), f"/customers/{customer.pk}/group/"
    client.post(url, typed(customer, "family", comfort="安静"))
    assert client.post(url, typed(customer, "investor", **{"yield": "4%"})).status_code == 302
    customer.refresh_from_db()
    assert (customer.nature, customer.needs) == ("investor", {"yield": "4%"})


def test_the_api_takes_group_and_needs_and_refuses_unknown_ones(customer, consultant, client_for):
    client, url = client_for(consultant), f"/api/v1/customers/{customer.pk}/"

    def patch(**changes):
        version = Customer.objects.get(pk=customer.pk).version
        body = {"version": version, "changes": changes}
        return client.patch(url, body, "application/json")

    done = patch(nature="enterprise", needs={"prospects": "商场运营"})
    assert (done.status_code, done.json()["needs"]) == (200, {"prospects": "商场运营"})
    assert patch(nature="alien").status_code == 400
    assert patch(needs={"swimming": "x"}).status_code == 400
    assert patch(needs={"prospects": "x" * 301}).status_code == 400
    current = Customer.objects.get(pk=customer.pk)
    assert (current.nature, current.needs) == ("enterprise", {"prospects": "商场运营"})


def test_a_stale_form_is_answered_with_409_and_a_wrong_one_with_422(
    customer, consultant, client_for
):
    client, url = client_for(consultant), f"/customers/{customer.pk}/group/"
    assert client.post(url, typed(customer, "family") | {"version": 99}).status_code == 409
    assert client.post(url, typed(customer, "alien")).status_code == 422
    customer.refresh_from_db()
    assert (customer.nature, customer.version) == ("", 1)
