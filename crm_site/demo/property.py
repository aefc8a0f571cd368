"""What the demo company builds: twelve projects with buildings, layouts, units and papers."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from crm_site.demo.company import Company, is_launched
from crm_site.demo.stories import HANDED_SINCE
from crm_site.demo.world import BUYING_SHARE, STAGES
from crm_site.staff.models import User
from customers.importers.copying import copy_rows
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

LAYOUTS = (  # name, bedrooms, living rooms, bathrooms, area in m², orientation
    ("三房一卫", 3, 2, 1, Decimal("98.20"), Orientation.SOUTH),
    ("三房两卫", 3, 2, 2, Decimal("110.40"), Orientation.SOUTH_NORTH),
    ("三房两卫（边户）", 3, 2, 2, Decimal("118.40"), Orientation.SOUTH_EAST),
    ("四房两卫", 4, 2, 2, Decimal("128.60"), Orientation.SOUTH_NORTH),
)
LAYOUT_CODES = ("three_rooms", "three_rooms", "three_rooms", "four_rooms")
# entrance -> the layouts from left to right, as places in LAYOUTS
PLAN = {"1": (0, 1, 0), "2": (2, 2, 3)}
NUMBERS = tuple(number for number in range(1, 999) if "4" not in str(number))  # no 4, as usual
FLOORS = (18, 18, 18, 16)
FLATS = 18 * 6  # of one building
BUILDINGS = 4
RELEASED = 2  # buildings on sale at least; the others come later
# of the customers: who has the keys, and half of who has signed, as the second batch
FINISHED_SHARE = Decimal(str(STAGES["handed_over"][0] + STAGES["signed"][0] / 2))
SPARE = Decimal("1.6")  # flats on sale for each that the company's customers buy
LATER = "后续批次，尚未推售"
SINCE_LAUNCH, APART, UNTIL_LAUNCH = 600, 20, 45  # days
HANDED_AFTER, LATER_AFTER = 400, 900  # days from the launch to the handover: first building, others
FIRST_KEYS = HANDED_SINCE + timedelta(days=2)  # so long ago the first buildings began
PARKING, PARKING_AREA = "地下车库", Decimal("12.60")
MEASURED_SHARE = 2  # of the buildings of a project so many are measured
DAYS = {  # phase -> planned from and until, in days from the launch
    PhaseKind.START_UP: (-720, -600),
    PhaseKind.PREPARATION: (-600, -420),
    PhaseKind.IMPLEMENTATION: (-420, 780),
    PhaseKind.ACCEPTANCE: (780, 900),
    PhaseKind.PRE_LAUNCH: (-120, 0),
    PhaseKind.PEAK: (0, 820),
    PhaseKind.POST_HANDOVER: (900, 1630),
}
VALID_DAYS = {CertificateKind.CONSTRUCTION: 1500, CertificateKind.PRESALE: 1200}
WITHHELD = {"kind": "withheld", "facts": {}}
FACTORS = (
    (AdverseKind.REFUSE, 0, "楼栋东侧 30 米处设有小区垃圾收集点，早晚清运时可能有气味和噪声。"),
    (AdverseKind.PLANT_ROOM, 1, "本栋地下一层设有生活水泵房，一层、二层住户可能听到低频运转声。"),
    (AdverseKind.HIGH_VOLTAGE, None, "项目红线外北侧约 120 米有 110 千伏架空线路。"),
    (AdverseKind.TRAFFIC, 2, "西侧临城市主干道，沿街房间在早晚高峰受交通噪声影响。"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A project as it is built: its place in the list decides how far it is.

    ``released`` counts the buildings whose flats are on sale; the first ``finished`` of them are
    handed over from ``first_handover`` on.
    """

    project: Project
    place: int
    launch_on: date
    released: int
    finished: int
    first_handover: date

    @property
    def is_launched(self) -> bool:
        """Whether it is on sale."""
        return is_launched(self.place)


def build_property(
    company: Company, *, chance: random.Random, now: datetime, customers: int
) -> list[Site]:
    """Write every project's buildings, units and papers; return the projects with their dates.

    There are as many buildings as ``customers`` need to buy from, and at least about 6,000 units.
    """
    today = timezone.localtime(now).date()
    sites = [_site(company, place, customers, today) for place in range(len(company.projects))]
    for site in sites:
        site.project.launch_on = site.launch_on
    Project.objects.bulk_update(company.projects, ["launch_on"])
    layouts = _layouts(company.projects)
    buildings = {site.project.pk: _buildings(site) for site in sites}
    Building.objects.bulk_create([each for found in buildings.values() for each in found])
    for site in sites:
        rows = list(_units(site, buildings[site.project.pk], layouts[site.project.pk], chance))
        Unit.objects.bulk_create(rows, batch_size=2000)
    _withhold(sites, buildings, now)
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
        if site.is_launched
    )
    AdverseFactor.objects.bulk_create(
        row for site in sites for row in _factors(site, buildings[site.project.pk])
    )
    return sites


def _site(company: Company, place: int, customers: int, today: date) -> Site:
    project = company.projects[place]
    days = -SINCE_LAUNCH - APART * place if is_launched(place) else UNTIL_LAUNCH
    staff = sum(len(users) for users in company.consultants.values())
    own = len(company.consultants.get(project.pk, ()))
    wanted = customers * Decimal(own) / staff * Decimal(str(BUYING_SHARE)) * SPARE
    released = max(RELEASED, math.ceil(wanted / FLATS)) if own else 0
    moving = wanted / Decimal(str(BUYING_SHARE)) * FINISHED_SHARE
    finished = max(1, math.ceil(moving / FLATS))
    launch_on = today + timedelta(days=days)
    first = today - FIRST_KEYS if is_launched(place) else launch_on + timedelta(days=HANDED_AFTER)
    return Site(project, place, launch_on, released, finished, first)


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
    """Return the buildings of a project, at least four, five in the first, and its car park."""
    count = max(BUILDINGS + (site.place == 0), site.released + 1)
    rows = [
        Building(
            project=site.project,
            name=f"{NUMBERS[number]}栋",
            sort_key=number,
            section="一期" if number < RELEASED else "二期",
            floors=FLOORS[number % len(FLOORS)],
            handover_on=site.launch_on + timedelta(days=LATER_AFTER)
            if number >= site.finished
            else site.first_handover,
        )
        for number in range(count)
    ]
    car_park = Building(project=site.project, name=PARKING, sort_key=99, floors=1)
    return [*rows, car_park]


def _units(
    site: Site, buildings: Sequence[Building], layouts: Sequence[Layout], chance: random.Random
) -> Iterator[Unit]:
    for number, building in enumerate(buildings[:-1]):
        measured = number < MEASURED_SHARE and site.is_launched
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


def _withhold(
    sites: Sequence[Site], buildings: Mapping[int, Sequence[Building]], now: datetime
) -> None:
    """Keep two flats of each building back to be shown, and the buildings that come later."""
    at = now - timedelta(days=60)
    shown = Unit.objects.filter(floor=1, entrance="1", number__in=["0101", "0102"])
    later = [
        building.pk
        for site in sites
        if site.is_launched
        for building in buildings[site.project.pk][site.released : -1]
    ]
    for rows, reason in (
        (Unit.objects.filter(building__in=later), LATER),
        (shown.filter(withheld_at=None), "样板间，暂不出售"),
    ):
        keys = list(rows.values_list("pk", flat=True))
        rows.update(withheld_at=at, withheld_reason=reason)
        copy_rows(
            UnitEvent,
            ("unit_id",),
            ([key] for key in keys),
            WITHHELD | {"at": at, "reason": reason},
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
        if kind is CertificateKind.PRESALE and not site.is_launched:
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
