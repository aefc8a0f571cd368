"""Fifty consultants and fifty units: everybody tries each unit at the same moment (MKT-56, A-46).

Product and a bare transaction of the same statements behind the same web server; both must sell
each unit once. The time of the slowest twentieth is compared, and with a fixed bound as well.
"""

import statistics
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from benchmarks.client import Client, Request
from benchmarks.figures import Row, compare
from benchmarks.pages import floor_session
from benchmarks.servers import FLOOR, OURS, serve
from benchmarks.sessions import our_session
from crm_site.policies.models import PolicyVersion
from crm_site.staff.models import OrgNode, User
from crm_site.staff.services import create_user
from customers.models import (
    Building,
    Customer,
    Project,
    ProjectLaunch,
    Purchase,
    PurchaseEvent,
    Unit,
)
from customers.purchase.policies import HOLDS, HoldRules

CLIENTS, UNITS = 50, 50
GOAL, SLOWEST_MS = 3.0, 500.0
TAKEN = 409


def run(_customers: int) -> Iterator[Row]:
    """Yield the p95 of both, the same against half a second, and the units sold twice or never."""
    consultants = _consultants()
    customers = _drawn(consultants)
    _allow_many()
    with serve(FLOOR) as port:
        people = [Client(port, {"floor_session": floor_session(user)}) for user in consultants]
        bare = _contest(people, customers)
    with serve(OURS) as port:
        people = [Client(port, our_session(user)) for user in consultants]
        ours = _contest(people, customers)
    p95 = [statistics.quantiles(times, n=20)[-1] for times, _twice, _never in (bare, ours)]
    case = f"{CLIENTS} clients hold {UNITS} units, p95"
    yield compare(case, floor=p95[0], ours=p95[1], unit="ms", goal=GOAL)
    yield compare(f"{case} beside a bound", floor=SLOWEST_MS, ours=p95[1], unit="ms", goal=1.0)
    for words, bad in (("sold twice", ours[1]), ("sold to nobody", ours[2])):
        yield Row(f"units {words} of {UNITS}", 0, bad, "units", float(bad), 0.0, bad == 0)


def _contest(people: list[Client], customers: list[int]) -> tuple[list[float], int, int]:
    """Return the milliseconds of every try, how many units were sold twice and how many never."""
    units = _units()
    start = threading.Barrier(len(people))
    spent: list[float] = []

    def work(client: Client, customer: int) -> None:
        for unit in units:
            form = {"customer": str(customer), "idempotency_key": str(uuid.uuid4())}
            start.wait(60)
            began = time.perf_counter()
            try:
                client.ask(Request(f"/units/{unit}/hold/", form, expect=302))
            except RuntimeError as refusal:
                if f": {TAKEN}\n" not in str(refusal):
                    raise
            spent.append((time.perf_counter() - began) * 1000)

    pairs = zip(people, customers, strict=True)
    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = list(
        Purchase.objects.filter(unit__in=units, state="held").values_list("unit", flat=True)
    )
    if len(spent) != len(people) * len(units):
        raise RuntimeError(f"{len(spent)} answers of {len(people) * len(units)}")
    PurchaseEvent.objects.filter(purchase__unit__in=units).delete()
    Purchase.objects.filter(unit__in=units).delete()
    return spent, len(held) - len(set(held)), len(units) - len(set(held))


def _consultants() -> list[User]:
    """Return fifty consultants of one project, each responsible for a customer."""
    project = _project()
    team: Any = OrgNode.objects.filter(project=project.pk, kind="team").first() or project.node
    known = {user.username: user for user in User.objects.filter(username__startswith="hold-")}
    return [
        known.get(name) or create_user(username=name, name=name, role="consultant", node=team)
        for name in (f"hold-{number}" for number in range(CLIENTS))
    ]


def _drawn(consultants: list[User]) -> list[int]:
    """Give each consultant one customer of the project; return their keys."""
    project = _project()
    keys = list(Customer.objects.filter(project=project).values_list("pk", flat=True)[:CLIENTS])
    for key, user in zip(keys, consultants, strict=True):
        Customer.objects.filter(pk=key).update(owner=user)
    return keys


def _project() -> Project:
    found = Customer.objects.exclude(project=None).values_list("project", flat=True)[:1]
    return Project.objects.get(pk=found[0])


def _units() -> list[int]:
    project = _project()
    ProjectLaunch.objects.get_or_create(project=project, defaults={"launched_at": timezone.now()})
    building, _made = Building.objects.get_or_create(project=project, name="测速")
    wanted = [
        Unit(project=project, building=building, floor=1, number=number, forecast_area=90)
        for number in (uuid.uuid4().hex[:12] for _each in range(UNITS))
    ]
    return [unit.pk for unit in Unit.objects.bulk_create(wanted)]


def _allow_many() -> None:
    """Let one consultant win every unit, so that no limit hides a unit that nobody got."""
    newest = PolicyVersion.objects.filter(key=HOLDS).order_by("-version").first()
    now = timezone.now()
    PolicyVersion.objects.create(
        key=HOLDS,
        version=newest.version + 1 if newest else 2,
        payload=asdict(HoldRules(most=UNITS)),
        state=PolicyVersion.State.APPROVED,
        valid_from=now,
        created_at=now,
        decided_at=now,
    )
