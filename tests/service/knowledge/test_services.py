"""The catalogue by stage of sale and what customers book of it."""

from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from service.knowledge.models import ServiceItem, ServiceOrder
from service.knowledge.rules.booking import CONTENTS, OrderState, may_go, missing_contents
from service.tickets.models import Ticket
from tests.factories import CustomerFactory, UserFactory
from tests.service.factories import TicketFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ALLOWED = {
    ("requested", "confirmed"),
    ("requested", "cancelled"),
    ("confirmed", "delivered"),
    ("confirmed", "cancelled"),
    ("delivered", "rated"),
}


def test_a_booking_goes_only_the_listed_steps() -> None:
    states = [state.value for state in OrderState]
    assert {pair for pair in product(states, states) if may_go(*pair)} == ALLOWED


def item_of(owner, **more) -> ServiceItem:
    values = {"name": "家政保洁", "line": "value_added", "stage": "after_sale", "owner": owner}
    return ServiceItem.objects.create(**{"code": "cleaning", **values, **more})


@pytest.mark.spec("SVC-13")
def test_the_catalogue_is_complete_for_every_stage_and_every_case_has_its_stage(
    client, writer, agent, org, buyer
) -> None:
    sign_in(client, agent)
    shown = client.get("/services/").context
    assert shown["is_complete"] is False
    assert sum(len(stage["lacking"]) for stage in shown["stages"]) == len(CONTENTS)
    assert client.post("/services/complete/").status_code == 403
    sign_in(client, writer)
    assert client.post("/services/complete/").status_code == 302
    assert client.post("/services/complete/").status_code == 302
    assert ServiceItem.objects.count() == len(CONTENTS)
    shown = client.get("/services/").context
    assert shown["is_complete"] is True
    for stage in shown["stages"]:
        assert stage["items"], stage["key"]
        assert all(item.owner == writer for item in stage["items"])
        needed = {one.key for one in CONTENTS if one.stage == stage["key"]}
        assert needed == {item.code for item in stage["items"]}
    ServiceItem.objects.filter(code="handover").update(is_active=False)
    assert client.get("/services/").context["is_complete"] is False

    TicketFactory(customer=buyer, stage="in_sale")
    form = {
        "message": "样板间开放时间?",
        "name": "访客",
        "phone": "13900001111",
        "project": org.project_one.pk,
        "stage": "pre_sale",
        "agreed": "on",
    }
    visitor = Client()
    assert visitor.post("/help/person/", {**form, "stage": ""}).status_code == 422
    visitor.post("/help/person/", form)
    assert set(Ticket.objects.values_list("stage", flat=True)) == {"pre_sale", "in_sale"}
    cases = {one["key"]: one["cases"] for one in client.get("/services/").context["stages"]}
    assert cases == {"pre_sale": 1, "in_sale": 1, "after_sale": 0}


@pytest.mark.spec("SVC-104")
@pytest.mark.spec("SVC-15")
@pytest.mark.parametrize("code", ["housekeeping", "purchase-planning"])
def test_a_service_is_booked_confirmed_delivered_and_rated(
    client, writer, seller, buyer, code
) -> None:
    sign_in(client, writer)
    client.post("/services/complete/")
    item = ServiceItem.objects.get(code=code)
    page = client.get(f"/services/{item.pk}/edit/")
    form = {
        "code": code,
        "name": item.name,
        "line": item.line,
        "stage": item.stage,
        "owner": writer.pk,
        "provider": "到家服务公司",
        "price": "180.00",
        "price_unit": "次",
        "description": "",
        "is_bookable": "on",
        "is_active": "on",
        "edit_base": page.context["form"].edit_base,
    }
    assert client.post(f"/services/{item.pk}/edit/", {**form, "price": "-1"}).status_code == 422
    assert client.post(f"/services/{item.pk}/edit/", form).status_code == 302

    sign_in(client, seller)
    book = f"/services/{item.pk}/book/"
    assert client.post(book, {"customer": ""}).status_code == 422
    booked = client.post(
        book, {"customer": buyer.pk, "wished_on": "2026-12-01", "note": "周末上门"}
    )
    order = ServiceOrder.objects.get()
    here = f"/services/orders/{order.pk}/"
    assert booked.headers["Location"] == here
    assert (order.state, order.price, order.provider) == (
        "requested",
        Decimal("180.00"),
        "到家服务公司",
    )
    assert client.post(f"{here}rated/", {"score": "5"}).status_code == 422
    confirm = {"provider": "到家服务公司", "price": "160.00", "note": ""}
    assert client.post(f"{here}confirmed/", confirm).status_code == 302
    assert client.post(f"{here}confirmed/", confirm).status_code == 422
    assert client.post(f"{here}delivered/", {"result": " "}).status_code == 422
    assert client.post(f"{here}delivered/", {"result": "全屋保洁"}).status_code == 302
    assert client.post(f"{here}cancelled/", {"note": "改期"}).status_code == 422
    assert client.post(f"{here}rated/", {"score": "4", "words": "很干净"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.score, order.words) == ("rated", 4, "很干净")
    assert order.price == Decimal("160.00")
    assert list(order.events.order_by("pk").values_list("state", flat=True)) == [
        "requested",
        "confirmed",
        "delivered",
        "rated",
    ]
    assert "很干净" in client.get(here).content.decode()
    shown = client.get("/services/").context["stages"]
    found = next(one for stage in shown for one in stage["items"] if one.pk == item.pk)
    assert (found.booked, found.mean) == (1, 4.0)


def test_what_is_not_offered_is_not_booked_and_a_refusal_says_why(
    client, writer, seller, buyer
) -> None:
    item = item_of(writer, is_bookable=False)
    sign_in(client, seller)
    assert client.post(f"/services/{item.pk}/book/", {"customer": buyer.pk}).status_code == 422
    ServiceItem.objects.update(is_bookable=True)
    client.post(f"/services/{item.pk}/book/", {"customer": buyer.pk})
    order = ServiceOrder.objects.get()
    here = f"/services/orders/{order.pk}/"
    assert client.post(f"{here}cancelled/", {"note": " "}).status_code == 422
    assert client.post(f"{here}cancelled/", {"note": "客户改变主意"}).status_code == 302
    assert client.get(f"{here}nonsense/").status_code == 404
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_bookings_of_other_peoples_customers_are_not_found(
    client, writer, seller, buyer, org
) -> None:
    order = ServiceOrder.objects.create(
        item=item_of(writer), customer=buyer, project=org.project_one, booked_by=writer
    )
    sign_in(client, UserFactory(username="other", node=org.team_b))
    assert client.get(f"/services/orders/{order.pk}/").status_code == 404
    assert client.post(f"/services/orders/{order.pk}/confirmed/").status_code == 404
    assert client.get("/services/orders/").context["rows"] == []


def test_lists_cost_the_same_however_long_they_are(client, writer, buyer, org, seller) -> None:
    sign_in(client, writer)

    def more(first: int, last: int) -> None:
        for number in range(first, last):
            item = item_of(writer, code=f"c{number}", name=f"服务{number}")
            ServiceOrder.objects.create(
                item=item,
                customer=CustomerFactory(owner=seller),
                project=org.project_one,
                booked_by=writer,
            )

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    more(0, 1)
    few = {address: cost(address) for address in ("/services/", "/services/orders/")}
    more(1, 20)
    assert all(cost(address) <= count for address, count in few.items())


def test_what_lacks_is_named_in_order() -> None:
    keys = [one.key for one in CONTENTS]
    assert [one.key for one in missing_contents(keys[1:])] == keys[:1]
    assert missing_contents(keys) == []
