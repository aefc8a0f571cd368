"""What the demo company builds: twelve projects with buildings, layouts, units and papers."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from crm_site.demo.company import Company
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.services import create_node
from customers.models import (
    AdverseFactor,
    Building,
    Certificate,
    Layout,
    Project,
    ProjectLaunch,
    ProjectPhase,
    Unit,
    UnitEvent,
)
from customers.property.rules import (
    AdverseKind,
    CertificateKind,
    Orientation,
    PhaseKind,
    UnitKind,
)

OTHER_PROJECTS = (
    ("hupanyuan", "湖畔苑", "杭州", "east"),
    ("songyunfu", "松云府", "杭州", "east"),
    ("taohuayuan", "桃花源里", "苏州", "east"),
    ("jinjichenxi", "金鸡晨曦", "苏州", "east"),
    ("qinhuaiyin", "秦淮印", "南京", "east"),
    ("puyuetai", "浦悦台", "上海", "east"),
    ("lingnanxu", "岭南序", "广州", "south"),
    ("zhujianghui", "珠江汇", "广州", "south"),
    ("qianhaiwan", "前海湾", "深圳", "south"),
)
LAYOUTS = (  # name, bedrooms, living rooms, bathrooms, area in m², orientation
    ("三房一卫", 3, 2, 1, Decimal("98.20"), Orientation.SOUTH),
    ("三房两卫", 3, 2, 2, Decimal("110.40"), Orientation.SOUTH_NORTH),
    ("三房两卫（边户）", 3, 2, 2, Decimal("118.40"), Orientation.SOUTH_EAST),
    ("四房两卫", 4, 2, 2, Decimal("128.60"), Orientation.SOUTH_NORTH),
)
LAYOUT_CODES = ("three_rooms", "three_rooms", "three_rooms", "four_rooms")
# entrance -> the layouts from left to right, as places in LAYOUTS
PLAN = {"1": (0, 1, 0), "2": (2, 2, 3)}
FIRST, FIRST_FLOORS = ("1栋", "2栋", "3栋", "5栋", "6栋"), (18, 18, 18, 16, 16)
PARKING, PARKING_AREA = "地下车库", Decimal("12.60")
MEASURED_SHARE = 2  # of the buildings of a project so many are measured
DAYS = {  # phase -> planned from and until, in days from the launch
    PhaseKind.START_UP: (-720, -600),
    PhaseKind.PREPARATION: (-600, -420),
    PhaseKind.IMPLEMENTATION: (-420, 500),
    PhaseKind.ACCEPTANCE: (500, 620),
    PhaseKind.PRE_LAUNCH: (-120, 0),
    PhaseKind.PEAK: (0, 360),
    PhaseKind.POST_HANDOVER: (620, 1350),
}
VALID_DAYS = {CertificateKind.CONSTRUCTION: 900, CertificateKind.PRESALE: 730}
FACTORS = (
    (AdverseKind.REFUSE, 0, "楼栋东侧 30 米处设有小区垃圾收集点，早晚清运时可能有气味和噪声。"),
    (AdverseKind.PLANT_ROOM, 1, "本栋地下一层设有生活水泵房，一层、二层住户可能听到低频运转声。"),
    (AdverseKind.HIGH_VOLTAGE, None, "项目红线外北侧约 120 米有 110 千伏架空线路。"),
    (AdverseKind.TRAFFIC, 2, "西侧临城市主干道，沿街房间在早晚高峰受交通噪声影响。"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A project as it is built: its place in the list decides how far it is."""

    project: Project
    place: int
    launch_on: date


def build_property(company: Company, *, chance: random.Random, now: datetime) -> None:
    """Write the other projects, then every project's buildings, units and papers."""
    projects = [*company.projects, *_other_projects(company)]
    today = timezone.localtime(now).date()
    sites = [
        Site(project, place, today + timedelta(days=45 if place % 4 == 3 else -90 - 40 * place))
        for place, project in enumerate(projects)
    ]
    for site in sites:
        site.project.launch_on = site.launch_on
    Project.objects.bulk_update(projects, ["launch_on"])
    layouts = _layouts(projects)
    buildings = {site.project.pk: _buildings(site) for site in sites}
    Building.objects.bulk_create([each for found in buildings.values() for each in found])
    for site in sites:
        rows = list(_units(site, buildings[site.project.pk], layouts[site.project.pk], chance))
        Unit.objects.bulk_create(rows, batch_size=2000)
    _withhold(now)
    owner = User.objects.get(username="executive")
    ProjectPhase.objects.bulk_create(row for site in sites for row in _phases(site, owner, today))
    Certificate.objects.bulk_create(row for site in sites for row in _certificates(site))
    ProjectLaunch.objects.bulk_create(
        ProjectLaunch(
            project=site.project,
            launched_at=now - (today - site.launch_on),
            launched_by=owner,
        )
        for site in sites
        if site.launch_on < today
    )
    AdverseFactor.objects.bulk_create(
        row for site in sites for row in _factors(site, buildings[site.project.pk])
    )


def _other_projects(company: Company) -> list[Project]:
    made = []
    for code, name, city, region in OTHER_PROJECTS:
        parent = company.nodes[region]
        node = create_node(kind=NodeKind.PROJECT, code=code, name=name, parent=parent)
        made.append(Project(node=node, code=code, name=name, city=city))
    return Project.objects.bulk_create(made)


def _layouts(projects: Sequence[Project]) -> dict[int, list[Layout]]:
    found = {
        project.pk: [
            Layout(
                project=project,
                name=name,
                code=code,
                bedrooms=beds,
                living_rooms=living,
                bathrooms=baths,
            )
            for (name, beds, living, baths, _area, _to), code in zip(
                LAYOUTS, LAYOUT_CODES, strict=True
            )
        ]
        for project in projects
    }
    Layout.objects.bulk_create(layout for rows in found.values() for layout in rows)
    return found


def _buildings(site: Site) -> list[Building]:
    """Return the buildings of a project: five and a car park in the first, four in the others."""
    count = 5 if site.place == 0 else 4
    pairs = list(zip(FIRST, FIRST_FLOORS, strict=True))[:count]
    handover_on = site.launch_on + timedelta(days=620)
    rows = [
        Building(
            project=site.project,
            name=name,
            sort_key=number,
            section="一期" if number < 3 else "二期",
            floors=floors,
            handover_on=handover_on,
        )
        for number, (name, floors) in enumerate(pairs)
    ]
    car_park = Building(project=site.project, name=PARKING, sort_key=99, floors=1)
    return [*rows, car_park]


def _units(
    site: Site, buildings: Sequence[Building], layouts: Sequence[Layout], chance: random.Random
) -> Iterator[Unit]:
    for number, building in enumerate(buildings[:-1]):
        measured = number < MEASURED_SHARE and site.place % 4 != 3
        for floor in range(1, building.floors + 1):
            for entrance, plan in PLAN.items():
                for column, kind in enumerate(plan, start=1):
                    yield _flat(
                        building,
                        layouts,
                        (entrance, floor, column, kind),
                        measured=measured,
                        chance=chance,
                    )
    spaces = 412 if site.place == 0 else 50
    for space in range(1, spaces + 1):
        yield Unit(
            project=site.project,
            building=buildings[-1],
            kind=UnitKind.PARKING.value,
            floor=-1,
            number=f"B1-{space:03d}",
            forecast_area=PARKING_AREA,
        )


def _flat(
    building: Building,
    layouts: Sequence[Layout],
    spot: tuple[str, int, int, int],
    *,
    measured: bool,
    chance: random.Random,
) -> Unit:
    entrance, floor, column, kind = spot
    area, orientation = LAYOUTS[kind][4], LAYOUTS[kind][5]
    shared = (area * Decimal("0.22")).quantize(Decimal("0.01"))
    # Now and then a surveyor finds more than the 3 % a buyer must put up with.
    off = Decimal(chance.choice((-12, -6, -3, 0, 0, 4, 8, 11, 15))) / 1000
    if chance.random() < 0.02:
        off = Decimal("0.034")
    return Unit(
        project=building.project,
        building=building,
        entrance=entrance,
        floor=floor,
        number=f"{floor:02d}{column:02d}",
        layout=layouts[kind],
        forecast_area=area,
        measured_area=(area * (1 + off)).quantize(Decimal("0.01")) if measured else None,
        inner_area=area - shared,
        shared_area=shared,
        orientation=orientation.value,
    )


def _withhold(now: datetime) -> None:
    """Keep the ground floor's first two flats of each building back: show flat and sales office."""
    rows = Unit.objects.filter(floor=1, entrance="1", number__in=["0101", "0102"])
    at, reason = now - timedelta(days=60), "样板间，暂不出售"
    keys = list(rows.values_list("pk", flat=True))
    rows.update(withheld_at=at, withheld_reason=reason)
    UnitEvent.objects.bulk_create(
        UnitEvent(unit_id=key, at=at, kind="withheld", reason=reason) for key in keys
    )


def _phases(site: Site, owner: User, today: date) -> Iterator[ProjectPhase]:
    for kind, (start, end) in DAYS.items():
        planned_from, planned_until = (
            site.launch_on + timedelta(days=days) for days in (start, end)
        )
        late = timedelta(days=12 if kind is PhaseKind.IMPLEMENTATION else 3)
        began, ended = planned_from + late, planned_until + late
        yield ProjectPhase(
            project=site.project,
            kind=kind.value,
            owner=owner,
            planned_from=planned_from,
            planned_until=planned_until,
            started_on=began if began <= today else None,
            ended_on=ended if ended <= today else None,
            budget=Decimal(2_000_000 + 500_000 * site.place),
            risks="雨季影响外立面施工，工期预留两周" if kind is PhaseKind.IMPLEMENTATION else "",
        )


def _certificates(site: Site) -> Iterator[Certificate]:
    for number, kind in enumerate(CertificateKind):
        if kind is CertificateKind.PRESALE and site.place % 4 == 3:
            continue  # not launched yet: its pre-sale permit is still to come
        issued_on = site.launch_on - timedelta(days=500 - 110 * number)
        days = VALID_DAYS.get(kind)
        yield Certificate(
            project=site.project,
            kind=kind.value,
            number=f"{issued_on:%Y}-{site.place + 1:02d}{number + 17:02d}",
            issued_on=issued_on,
            expires_on=issued_on + timedelta(days=days) if days else None,
            covers="1栋、2栋、3栋" if kind is CertificateKind.PRESALE else "",
        )


def _factors(site: Site, buildings: Sequence[Building]) -> Iterator[AdverseFactor]:
    for place, (kind, building, text) in enumerate(FACTORS):
        if (site.place + place) % 2:
            continue
        yield AdverseFactor(
            project=site.project,
            building=None if building is None else buildings[building],
            kind=kind.value,
            text=text,
            since=site.launch_on - timedelta(days=120),
        )
