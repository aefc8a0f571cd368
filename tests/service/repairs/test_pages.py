"""The pages of repairs: from the report to the acceptance, charge-backs, the scorecard's rows."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from service.repairs.models import BuiltBy, ChargeBack, Contractor, RepairOrder, RepairPhoto
from service.repairs.services import accepting
from tests.conftest import make_user
from tests.property.conftest import png
from tests.service.factories import TicketFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def moment(hours: int) -> str:
    return (timezone.localtime() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.spec("SVC-99")
def test_from_the_report_to_the_charge_back(
    client, project, unit, owner, manager, contractor, picture
) -> None:
    browser = sign_in(client, manager)
    BuiltBy.objects.create(project=project, trade="sealing", contractor=contractor)
    form = {
        "project": project.pk,
        "unit": "3栋-0101",
        "part": "waterproofing",
        "trade": "sealing",
        "customer": owner.pk,
        "subject": "卫生间漏水",
    }
    assert browser.post("/repairs/add/", form | {"unit": "9999"}).status_code == 422
    answer = browser.post("/repairs/add/", form)
    order = RepairOrder.objects.get()
    here = f"/repairs/{order.pk}/"
    assert answer.headers["Location"] == here
    assert (order.ticket.unit, order.standing) == (unit, "in")
    page = browser.get(here).content.decode()
    assert "2029" in page  # five years of waterproofing from 10 June 2024
    sheet = browser.get(f"{here}dispatch/").content.decode()
    assert f'<option value="{contractor.pk}" selected' in sheet
    sending = {"contractor": contractor.pk, "start": moment(1), "until": moment(3)}
    assert browser.post(f"{here}dispatch/", sending | {"until": moment(-3)}).status_code == 422
    assert browser.post(f"{here}dispatch/", sending).status_code == 302
    seen = {"finding": "防水层破损", "plan": "重做防水", "finish_on": "2026-12-01"}
    answer = browser.post(f"{here}visit/", seen | {"photo_1": picture()})
    assert answer.status_code == 302
    assert browser.post(f"{here}repair/", {"work": "已重做"}).status_code == 422
    work = {"work": "已重做", "photo_1": picture(), "photo_2": picture()}
    assert browser.post(f"{here}repair/", work).status_code == 302
    assert sorted(RepairPhoto.objects.values_list("taken", flat=True)) == [
        *("after", "after", "before"),
    ]
    photo = RepairPhoto.objects.first()
    assert browser.get(f"/repairs/photos/{photo.pk}/").content == png()
    assert browser.post(f"{here}refuse/", {"remark": "还在渗"}).status_code == 302
    order.refresh_from_db()
    assert (order.stage, order.refusals) == ("reported", 1)
    assert browser.post(f"{here}accept/", {"remark": "好"}).status_code == 422
    money = {"amount": "1200", "reason": "返工", "contractor": contractor.pk}
    other = Contractor.objects.create(name="未参与", trades=["sealing"])
    assert browser.post(f"{here}charge/", money | {"contractor": other.pk}).status_code == 422
    assert browser.post(f"{here}charge/", money).status_code == 302
    charge = ChargeBack.objects.get()
    move = f"/repairs/charges/{charge.pk}/"
    assert browser.post(move, {"to": "agreed", "amount": "900"}).status_code == 302
    assert ">900<" in browser.get("/repairs/charges/").content.decode()
    assert browser.post(move, {"to": "settled", "note": "已扣"}).status_code == 302
    assert browser.get(move).status_code == 409


@pytest.mark.spec("SVC-99")
def test_out_of_warranty_nothing_is_charged_back(client, reported, manager) -> None:
    order = reported("decoration", "walls", at=timezone.now() + timedelta(days=900))
    assert order.standing == "out"
    browser = sign_in(client, manager)
    page = browser.get(f"/repairs/{order.pk}/").content.decode()
    assert f"/repairs/{order.pk}/charge/" not in page
    answer = browser.post(f"/repairs/{order.pk}/charge/", {"amount": "5", "reason": "x"})
    assert answer.status_code == 409
    assert not ChargeBack.objects.exists()


@pytest.mark.spec("SVC-99")
def test_each_figure_of_the_scorecard_opens_as_many_rows(
    client, reported, rounds, contractor, manager, now
) -> None:
    for accepted in (True, True, False):
        rounds(reported(), accepted=accepted)
    back = rounds(reported())
    accepting.reopen(order=back, remark="又漏", actor=manager, now=now + timedelta(days=3))
    browser = sign_in(client, manager)
    page = browser.get(f"/contractors/{contractor.pk}/").content.decode()
    assert "50.0 %" in page  # two of four at the first go
    expected = {"jobs": 4, "first": 4, "fixed_first": 2, "came_back": 1, "refused": 1}
    for measure, count in expected.items():
        listed = browser.get(f"/contractors/{contractor.pk}/jobs/{measure}/")
        assert (len(listed.context["rows"]), listed.context["total"]) == (count, count)
    assert browser.get(f"/contractors/{contractor.pk}/jobs/anything/").status_code == 404
    row = browser.get("/contractors/").context["rows"][0]
    assert next((one.hits, one.cases) for one in row.figures) == (2, 4)


def test_the_page_of_a_repair_ticket_leads_to_its_repair(client, reported, owner, manager) -> None:
    order = reported()
    browser = sign_in(client, manager)
    page = browser.get(f"/tickets/{order.ticket_id}/").content.decode()
    assert f'href="/repairs/{order.pk}/"' in page
    assert (
        f'href="/tickets/{order.ticket_id}/"'
        in browser.get(f"/repairs/{order.pk}/").content.decode()
    )
    other = TicketFactory(customer=owner)
    page = browser.get(f"/tickets/{other.pk}/").content.decode()
    assert re.search(r'href="/repairs/\d+/"', page) is None


def test_contractors_are_kept_by_who_may(client, project, manager, org) -> None:
    browser = sign_in(client, manager)
    form = {"name": "华南防水", "trades": ["sealing"], "phone": "13800138000", "is_active": "on"}
    assert browser.post("/contractors/add/", form | {"phone": "12"}).status_code == 422
    assert browser.post("/contractors/add/", form | {"trades": []}).status_code == 422
    assert browser.post("/contractors/add/", form).status_code == 302
    row = Contractor.objects.get()
    assert (row.phone, row.trades) == ("+8613800138000", ["sealing"])
    assert browser.post("/contractors/add/", form).status_code == 422  # the name is taken
    assert "138 0013 8000" in browser.get(f"/contractors/{row.pk}/").content.decode()
    form["name"] = "华南防水公司"
    assert browser.post(f"/contractors/{row.pk}/edit/", form).status_code == 302
    built = f"/contractors/built/{project.pk}/"
    assert browser.post(built, {"sealing": row.pk}).status_code == 302
    assert BuiltBy.objects.get().contractor == row
    assert "华南防水公司" in browser.get("/contractors/built/").content.decode()
    assert browser.post(built, {"sealing": "", "walls": ""}).status_code == 302
    assert not BuiltBy.objects.exists()
    money = sign_in(client, make_user(org, "finance"))
    assert money.get(f"/contractors/{row.pk}/edit/").status_code == 403
    assert "138 0013 8000" not in money.get(f"/contractors/{row.pk}/").content.decode()


def test_others_do_not_see_a_repair_of_another_project(client, reported, org) -> None:
    order = reported()
    far = make_user(org, "specialist")
    far.node = org.project_two.node
    far.save()
    browser = sign_in(client, far)
    assert browser.get(f"/repairs/{order.pk}/").status_code == 404
    assert browser.post(f"/repairs/{order.pk}/classify/", {"part": "x"}).status_code == 404
    assert browser.get("/repairs/").context["rows"] == []
    seller = sign_in(client, make_user(org, "consultant"))
    assert seller.get("/repairs/").status_code == 403


def test_lists_ask_as_often_for_one_as_for_twenty(client, reported, rounds, manager) -> None:
    browser = sign_in(client, manager)
    addresses = ("/repairs/", "/contractors/", "/repairs/?stage=accepted")
    rounds(reported())
    counts = {}
    for address in addresses:
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        counts[address] = len(asked)
    for number in range(19):
        rounds(reported(), by=Contractor.objects.create(name=f"施工{number}", trades=["sealing"]))
    for address in addresses:
        browser.get(address)  # as before: what is remembered for a minute is asked for anew
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(address)
        assert len(page.context["rows"]) == 20
        assert len(asked) == counts[address]
