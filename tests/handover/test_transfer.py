"""The property transfer: what goes over, what is missing, both signatures."""

import pytest

from customers.models import PropertyTransfer, TransferItem
from tests.handover.conftest import fill

pytestmark = pytest.mark.django_db
WHOLE = {
    "home": "毛坯，已保洁",
    "water": "12.5",
    "power": "103",
    "gas": "0",
    "keys": "入户门 5 把",
    "files": "竣工图、备案表",
}


@pytest.fixture
def delivery(batch, unit, specialist, now):
    return fill(batch, [unit], specialist, now)[0]


@pytest.mark.spec("SVC-93")
def test_a_missing_item_is_flagged_and_both_sides_sign(client_for, delivery, specialist) -> None:
    browser = client_for(specialist)
    url = f"/handover/units/{delivery.pk}/"
    silent = browser.post(f"{url}transfer/", WHOLE | {"files": "", "idempotency_key": "a"})
    assert silent.status_code == 422
    assert not PropertyTransfer.objects.exists()
    data = WHOLE | {"files": "", "files_missing": "on", "idempotency_key": "b"}
    assert browser.post(f"{url}transfer/", data).status_code == 302
    items = {item.part: item for item in TransferItem.objects.all()}
    assert [part for part, item in items.items() if item.is_missing] == ["files"]
    page = browser.get(url).content.decode()
    assert "缺失" in page

    sign = f"{url}transfer/sign/"
    turned = browser.post(sign, {"received_name": "李想", "idempotency_key": "c"})
    assert turned.status_code == 409
    assert browser.post(sign, {"idempotency_key": "d"}).status_code == 302
    transfer = PropertyTransfer.objects.get()
    assert (transfer.given_by, transfer.is_signed) == (specialist, False)
    assert browser.post(f"{url}transfer/", WHOLE | {"idempotency_key": "e"}).status_code == 422
    twice = browser.post(sign, {"idempotency_key": "f"})
    assert twice.status_code == 409
    received = browser.post(sign, {"received_name": "李想", "idempotency_key": "g"})
    assert received.status_code == 302
    transfer.refresh_from_db()
    assert (transfer.is_signed, transfer.received_name) == (True, "李想")
    assert TransferItem.objects.get(part="files").is_missing


def test_a_reading_is_a_number(client_for, delivery, specialist) -> None:
    browser = client_for(specialist)
    url = f"/handover/units/{delivery.pk}/transfer/"
    answer = browser.post(url, WHOLE | {"water": "很多", "idempotency_key": "a"})
    assert answer.status_code == 422
    assert "水表" in answer.content.decode()
    assert not TransferItem.objects.exists()
