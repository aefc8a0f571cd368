"""The simulated inspection: room by room, defects with photos, repaired and re-checked."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.handover.errors import DeliveryRefusedError
from customers.handover.hooks import forget_defect_follow_up, register_defect_follow_up
from customers.handover.releasing import release_blockers
from customers.handover.rules import DefectStep
from customers.handover.services import notices
from customers.handover.services.inspecting import Found, record_defect, step_defect
from customers.models import DefectEvent, DeliveryNotice, DeliveryRoom, ProofPhoto, UnitDefect
from tests.factories import UserFactory
from tests.handover.conftest import fill, walk
from tests.property.conftest import chunk, png

pytestmark = pytest.mark.django_db
CRACK = {"room": "kitchen", "trade": "walls", "severity": "major", "text": "墙面开裂"}


@pytest.fixture
def browser(client_for, specialist):
    return client_for(specialist)


@pytest.fixture
def delivery(batch, unit, specialist, now):
    return fill(batch, [unit], specialist, now)[0]


@pytest.mark.spec("SVC-80")
def test_a_unit_with_an_open_major_defect_is_not_released(browser, ready, executive, now) -> None:
    delivery = ready(1, notify=False)[0]
    url = f"/handover/units/{delivery.pk}/"
    picture = SimpleUploadedFile("a.png", png(chunk(b"tEXt", b"Author\0Lin")), "image/png")
    data = CRACK | {"photo": picture, "idempotency_key": "a"}
    assert browser.post(f"{url}defects/", data).status_code == 302
    defect = UnitDefect.objects.get()
    page = browser.get(url)
    assert page.context["blockers"] == ["还有 1 项严重缺陷未关闭。"]
    assert "未放行" in page.content.decode()
    assert browser.get(f"/handover/defects/{defect.pk}/photo/").content == png()

    send = f"/handover/{delivery.batch_id}/notices/"
    assert browser.post(send, {"idempotency_key": "b"}).status_code == 302
    assert not DeliveryNotice.objects.exists()  # held back with the unit

    steps = f"/handover/defects/{defect.pk}/"
    early = browser.post(f"{steps}accept/", {"idempotency_key": "c"})
    assert early.status_code == 409
    repaired = browser.post(f"{steps}repair/", {"note": "重新抹灰", "idempotency_key": "d"})
    assert repaired.status_code == 302
    assert browser.get(url).context["blockers"] != []  # repaired is not yet in order
    failed = browser.post(f"{steps}fail/", {"note": "仍有裂纹", "idempotency_key": "e"})
    assert failed.status_code == 302
    browser.post(f"{steps}repair/", {"note": "挂网抹灰", "idempotency_key": "f"})
    assert browser.post(f"{steps}accept/", {"idempotency_key": "g"}).status_code == 302
    defect.refresh_from_db()
    assert (defect.state, defect.failures) == ("closed", 1)
    steps_taken = defect.events.order_by("pk").values_list("step", flat=True)
    assert list(steps_taken) == ["found", "repair", "fail", "repair", "accept"]
    assert browser.get(url).context["blockers"] == []
    assert browser.post(send, {"idempotency_key": "h"}).status_code == 302
    assert DeliveryNotice.objects.count() == 1


def test_every_room_is_walked_before_the_unit_is_released(
    browser, delivery, specialist, now
) -> None:
    url = f"/handover/units/{delivery.pk}/"
    rooms = [line.key for line in browser.get(f"{url}inspection/").context["rooms"]]
    assert rooms == ["entrance", "living", "kitchen", "bedroom", "bathroom", "balcony"]
    for number, room in enumerate(rooms[:-1]):
        browser.post(f"{url}rooms/{room}/", {"idempotency_key": f"r{number}"})
    assert "模拟验收未查验：阳台" in browser.get(url).context["blockers"]
    browser.post(f"{url}rooms/balcony/", {"idempotency_key": "r9"})
    delivery.refresh_from_db()
    assert delivery.walked_at is not None
    assert browser.post(f"{url}rooms/cellar/", {"idempotency_key": "x"}).status_code == 409
    assert DeliveryRoom.objects.count() == 6


def test_one_key_is_one_defect_whatever_the_memory_of_answers(delivery, specialist, now) -> None:
    found = Found(key="phone-1", **CRACK)
    first = record_defect(delivery=delivery, found=found, actor=specialist, now=now)
    again = record_defect(delivery=delivery, found=found, actor=specialist, now=now)
    assert first == again
    assert (UnitDefect.objects.count(), DefectEvent.objects.count()) == (1, 1)


def test_the_script_is_told_what_became_of_an_entry(browser, delivery) -> None:
    url = f"/handover/units/{delivery.pk}/defects/"
    json = {"headers": {"accept": "application/json"}}
    data = CRACK | {"idempotency_key": "k"}
    first = browser.post(url, data, **json)
    assert (first.status_code, first.json()) == (201, {"defect": UnitDefect.objects.get().pk})
    again = browser.post(url, data, **json)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    other = browser.post(url, data | {"text": "别的"}, **json)
    assert other.status_code == 409
    wrong = browser.post(url, {"idempotency_key": "w"}, **json)
    assert (wrong.status_code, list(wrong.json())) == (422, ["message"])
    bad = SimpleUploadedFile("a.png", b"no picture", "image/png")
    refused = browser.post(url, CRACK | {"photo": bad, "idempotency_key": "p"}, **json)
    assert (refused.status_code, "JPEG" in refused.json()["message"]) == (409, True)
    assert (UnitDefect.objects.count(), ProofPhoto.objects.count()) == (1, 0)


def test_what_follows_a_defect_runs_in_its_transaction(delivery, specialist, now) -> None:
    seen: list[tuple[int, DefectStep]] = []

    def refuse(defect, step, actor, at) -> None:
        seen.append((defect.pk, step))
        if step is DefectStep.REPAIR:
            raise DeliveryRefusedError("nein")

    register_defect_follow_up("test", refuse)
    try:
        found = Found(**CRACK)
        defect = record_defect(delivery=delivery, found=found, actor=specialist, now=now)
        with pytest.raises(DeliveryRefusedError):
            step_defect(defect=defect, step=DefectStep.REPAIR, note="x", actor=specialist, now=now)
    finally:
        forget_defect_follow_up("test")
    defect.refresh_from_db()
    assert seen == [(defect.pk, DefectStep.FOUND), (defect.pk, DefectStep.REPAIR)]
    assert (defect.state, defect.events.count()) == ("open", 1)


def test_engineering_repairs_and_does_not_re_check(
    client_for, delivery, specialist, engineering, now
) -> None:
    defect = record_defect(delivery=delivery, found=Found(**CRACK), actor=specialist, now=now)
    builder = client_for(engineering)
    url = f"/handover/defects/{defect.pk}/"
    repaired = builder.post(f"{url}repair/", {"note": "已修", "idempotency_key": "a"})
    assert repaired.status_code == 302
    assert builder.post(f"{url}accept/", {"idempotency_key": "b"}).status_code == 403
    defect.refresh_from_db()
    assert defect.state == "repaired"


def test_a_defect_of_another_project_does_not_exist(
    client_for, delivery, specialist, org, now
) -> None:
    defect = record_defect(delivery=delivery, found=Found(**CRACK), actor=specialist, now=now)
    stranger = client_for(UserFactory(role="specialist", node=org.project_two.node))
    assert stranger.get(f"/handover/units/{delivery.pk}/inspection/").status_code == 404
    answer = stranger.post(f"/handover/defects/{defect.pk}/repair/", {"idempotency_key": "a"})
    assert answer.status_code == 404


def test_a_minor_defect_keeps_nothing_back(delivery, specialist, now) -> None:
    walk(delivery, specialist, now)
    minor = CRACK | {"severity": "minor"}
    record_defect(delivery=delivery, found=Found(**minor), actor=specialist, now=now)
    assert release_blockers(delivery) == ["批次未批准。"]
    assert notices.notice_blockers(delivery.batch, now=now)[0] == "批次未批准。"
