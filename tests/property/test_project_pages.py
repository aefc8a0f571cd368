"""Projects as pages: list, one, its parts; areas, adverse factors; API and search."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.services import create_node
from customers.models import AdverseFactor, Building, Certificate, Project, Unit
from customers.property.search import find_units
from customers.property.services import withhold_unit
from customers.purchase.services.holding import hold_unit

pytestmark = pytest.mark.django_db


def test_the_list_costs_the_same_for_one_project_and_twenty(
    project, papers, phases, org, head_office, client
) -> None:
    client.force_login(head_office)
    client.get("/projects/")
    with CaptureQueriesContext(connection) as few:
        html = client.get("/projects/").content.decode()
    assert "云栖里" in html
    assert "5 / 5" in html
    assert "开盘前" in html
    for number in range(20):
        node = create_node(
            kind=NodeKind.PROJECT, code=f"p{number}", name=f"项目{number}", parent=org.region_east
        )
        Project.objects.create(node=node, code=f"p{number}", name=f"项目{number}")
    with CaptureQueriesContext(connection) as many:
        assert client.get("/projects/").status_code == 200
    assert len(many) == len(few)


def test_one_sees_the_projects_of_ones_place(project, org, seller, client) -> None:
    client.force_login(seller)
    assert client.get(f"/projects/{project.pk}/").status_code == 200
    assert client.get(f"/projects/{org.project_two.pk}/").status_code == 404
    assert client.get(f"/projects/{project.pk}/edit/").status_code == 403
    assert client.get(f"/projects/{project.pk}/phases/add/").status_code == 403


def test_parts_are_added_and_wrong_days_refused(project, executive, client) -> None:
    client.force_login(executive)
    url = f"/projects/{project.pk}/certificates/add/"
    form = {"kind": "presale", "number": "2026-0117", "issued_on": "2026-03-01"}
    bad = client.post(url, form | {"expires_on": "2026-02-01"})
    assert bad.status_code == 422
    assert "结束日期早于开始日期" in bad.content.decode()
    assert not Certificate.objects.exists()
    assert client.post(url, form | {"expires_on": "2028-03-01"}).status_code == 302
    again = client.post(url, form | {"expires_on": "2028-03-01"})
    assert again.status_code == 422
    assert "该证件已登记" in again.content.decode()
    assert Certificate.objects.count() == 1
    assert client.get(f"/projects/{project.pk}/nothing/add/").status_code == 404
    html = client.get(f"/projects/{project.pk}/").content.decode()
    assert "2026-0117" in html
    assert html.count("缺失") == 4


def test_a_change_by_somebody_else_is_not_overwritten(project, executive, client) -> None:
    client.force_login(executive)
    building = Building.objects.create(project=project, name="3栋", floors=18)
    url = f"/projects/{project.pk}/buildings/{building.pk}/"
    page = client.get(url).content.decode()
    base = page.split('name="edit_base" value="')[1].split('"')[0]
    Building.objects.filter(pk=building.pk).update(floors=20)
    form = {"name": "3栋", "section": "", "floors": "19", "sort_key": "0", "edit_base": base}
    assert client.post(url, form).status_code == 409
    building.refresh_from_db()
    assert building.floors == 20


def test_adverse_factors_reach_the_unit_until_they_end(
    project, building, make_units, executive, seller, client, today
) -> None:
    one, other = make_units(2)
    client.force_login(executive)
    url = f"/projects/{project.pk}/factors/add/"
    form = {"kind": "noise", "since": f"{today:%Y-%m-%d}", "text": "临近水泵房"}
    no_building = client.post(url, form | {"unit_number": one.number})
    no_unit = client.post(url, form | {"unit_number": "9901", "building": building.pk})
    assert no_building.status_code == no_unit.status_code == 422
    assert not AdverseFactor.objects.exists()
    form |= {"unit_number": one.number, "building": building.pk}
    assert client.post(url, form).status_code == 302
    factor = AdverseFactor.objects.get()
    assert (factor.unit, factor.building) == (one, building)
    client.force_login(seller)
    assert "临近水泵房" in client.get(f"/units/{one.pk}/").content.decode()
    assert "临近水泵房" not in client.get(f"/units/{other.pk}/").content.decode()
    client.force_login(executive)
    end = f"/projects/{project.pk}/factors/{factor.pk}/end/"
    early = client.post(end, {"on": f"{today - timedelta(days=1):%Y-%m-%d}"})
    assert early.status_code == 422
    assert client.post(end, {"on": f"{today:%Y-%m-%d}"}).status_code == 302
    assert "临近水泵房" not in client.get(f"/units/{one.pk}/").content.decode()
    assert client.post(end, {"on": f"{today:%Y-%m-%d}"}).status_code == 409


@pytest.mark.spec("MKT-52")
def test_a_difference_over_the_limit_is_flagged(project, make_units, executive, client) -> None:
    within, over = make_units(2)
    Unit.objects.update(forecast_area=Decimal(100))
    client.force_login(executive)
    for unit, area in ((within, "103.00"), (over, "103.01")):
        url = f"/units/{unit.pk}/areas/"
        assert client.post(url, {"measured_area": f"-{area}"}).status_code == 422
        too_much = {"measured_area": area, "inner_area": "200"}
        assert client.post(url, too_much).status_code == 422
        unit.refresh_from_db()
        assert unit.measured_area is None
        form = {"measured_area": area, "inner_area": "80", "shared_area": "23"}
        assert client.post(url, form).status_code == 302
    event = over.events.get()
    assert (event.kind, event.facts["measured_area"]) == ("measured", [None, "103.01"])
    assert event.actor == executive
    html = client.get(f"/projects/{project.pk}/areas/").content.decode()
    assert html.count("tag-red") == 1
    assert "1 套房源的面积误差超过 3%" in html
    assert "据实结算" in html
    flagged = client.get(f"/projects/{project.pk}/areas/?state=over").content.decode()
    assert str(over) in flagged
    assert str(within) not in flagged
    assert "实测面积误差超过上限" in client.get(f"/units/{over.pk}/").content.decode()
    assert "实测面积误差超过上限" not in client.get(f"/units/{within.pk}/").content.decode()


def test_the_list_of_areas_costs_the_same_for_one_unit_and_twenty(
    project, make_units, executive, client
) -> None:
    make_units(1)
    client.force_login(executive)
    url = f"/projects/{project.pk}/areas/"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    Unit.objects.all().delete()
    make_units(20)
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)


def test_a_unit_is_changed_but_not_into_its_neighbour(make_units, executive, client) -> None:
    one, other = make_units(2)
    client.force_login(executive)
    url = f"/units/{one.pk}/edit/"
    form = {"kind": "flat", "floor": "1", "number": other.number, "forecast_area": "98.2"}
    twin = client.post(url, form)
    assert twin.status_code == 422
    assert "该楼栋已有此房号" in twin.content.decode()
    zero = client.post(url, form | {"number": one.number, "forecast_area": "0"})
    assert zero.status_code == 422
    script = client.post(url, form | {"number": one.number, "tour_url": "javascript:alert(1)"})
    assert script.status_code == 422
    good = form | {"number": one.number, "orientation": "south"}
    assert client.post(url, good).status_code == 302
    one.refresh_from_db()
    assert (one.orientation, one.number) == ("south", "0101")


def test_units_over_the_api(project, make_units, seller, buyer, boss_of, org, client) -> None:
    units = make_units(6)
    Unit.objects.filter(pk=units[5].pk).update(measured_area=Decimal("120.5"))
    hold_unit(unit=units[0], customer=buyer, actor=seller, now=timezone.now())
    withhold_unit(unit=units[1], reason="样板间", actor=boss_of, now=timezone.now())
    other = Building.objects.create(project=org.project_two, name="9栋")
    hidden = Unit.objects.create(
        project=org.project_two, building=other, floor=1, number="0101", forecast_area=90
    )
    client.force_login(seller)

    def found(**query):
        answer = client.get("/api/v1/units/", query)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]

    keys = [unit.pk for unit in units]
    assert found() == keys
    assert found(state="held") == keys[:1]
    assert found(state="withheld") == keys[1:2]
    assert found(state=["available", "held"]) == [keys[0], *keys[2:]]
    assert found(area_min="110") == keys[5:]
    assert found(area_max="98.5") == [keys[0], keys[3]]
    assert found(kind="parking") == []
    assert found(building=units[0].building_id, project=project.pk) == keys
    assert client.get("/api/v1/units/", {"project": org.project_two.pk}).status_code == 400
    assert client.get("/api/v1/units/", {"state": "gone"}).status_code == 400
    assert client.get(f"/api/v1/units/{hidden.pk}/").status_code == 404
    row = client.get(f"/api/v1/units/{keys[0]}/").json()
    assert (row["state"], row["label"], row["layout_name"]) == ("held", "3栋-1-0101", "三房两卫")
    assert "customer" not in row


def test_units_are_found_by_their_number(project, make_units, seller, org) -> None:
    first = make_units(4)[0]
    other = Building.objects.create(project=org.project_two, name="3栋")
    Unit.objects.create(
        project=org.project_two, building=other, floor=1, number="0101", forecast_area=90
    )
    url = f"/units/{first.pk}/"
    for text in ("0101", "3栋-1-0101", "3栋-0101", "1-0101", "3栋 1单元 0101", "3栋1-0101"):
        hits = find_units(seller, text, 5)
        expected = [] if text == "3栋1-0101" else [("3栋-1-0101", url, "云栖里")]
        assert [(hit.title, hit.url, hit.note) for hit in hits] == expected, text
    for text in ("01", "赵敏仪", "%", "3栋-1-9901", "-", "x" * 90):
        assert find_units(seller, text, 5) == []


def test_the_facts_of_a_project_are_kept(project, executive, client) -> None:
    client.force_login(executive)
    form = {"city": "杭州", "address": "云栖路 1 号", "launch_on": "2026-09-01"}
    assert client.post(f"/projects/{project.pk}/edit/", form).status_code == 302
    kept = Project.objects.get(pk=project.pk)
    assert (kept.address, f"{kept.launch_on}", kept.name) == ("云栖路 1 号", "2026-09-01", "云栖里")
