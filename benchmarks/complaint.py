"""Logging a complaint against a bare authenticated create of the same ticket.

Both are forms behind a login; ours also starts the clocks, counts feedback, writes event and
audit, remembers its answer and hands the text to the comparison of complaints. The bound of rate
stands beside the throughput as it is; every accepted complaint must lie in the table, once.
"""

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.client import Client, Request, Side, medians, throughputs
from benchmarks.figures import Row, compare
from benchmarks.pages import floor_session
from benchmarks.servers import FLOOR, OURS, serve
from benchmarks.sessions import our_session
from crm_site.staff.models import User
from customers.models import Customer
from service.clocks.models import TicketClock
from service.tickets.models import Ticket, TicketCategory, TicketEvent
from service.tickets.services.tree import install_usual_tree

REQUESTS, ROUNDS, SECONDS = 150, 10, 4.0
GOAL, GOAL_TOGETHER, RATE = 5.0, 0.19, 150.0
MOST_CUSTOMERS = 500
TROUBLES = (
    "厨房天花板漏水，物业来过两次没有结果",
    "电梯异响，晚上关门声很大",
    "地下车库积水，车辆无法停放",
    "外墙瓷砖脱落，担心砸到行人",
    "卧室窗户关不严，下雨就渗水",
    "楼上装修夜里施工，影响休息",
)
WISHES = ("要求三天内维修", "请尽快给答复", "希望派人上门查看", "要求赔偿损失")


@dataclass(slots=True)
class Complaints:
    """Complaints of customers one sees, each with words and a key of its own; who sent which."""

    user: User
    sent: list[str] = field(default_factory=list)

    def maker(self, path: str, *, counts: bool) -> Callable[[], Request]:
        """Return what makes the next request to `path`; the subjects of ours are kept."""
        chance = random.Random(11)
        places = self._places()
        classes = self._classes()

        def make() -> Request:
            customer, project = chance.choice(places)
            mark = uuid.uuid4().hex
            form = {
                "kind": "complaint",
                "project": str(project),
                "customer": str(customer),
                "category": str(chance.choice(classes)),
                "channel": "phone",
                "stage": "after_sale",
                "subject": f"{chance.choice(TROUBLES)[:12]} {mark}",
                "body": f"{chance.choice(TROUBLES)}，{chance.choice(WISHES)}。",
                "contact_name": "来电客户",
                "idempotency_key": mark,
            }
            if counts:
                self.sent.append(form["subject"])
            return Request(path, form, expect=302)

        return make

    def _places(self) -> list[tuple[int, int]]:
        rows = Customer.objects.visible_to(self.user).exclude(project=None).order_by("pk")
        return list(rows.values_list("pk", "project_id")[:MOST_CUSTOMERS])

    def _classes(self) -> list[int]:
        install_usual_tree()
        rows = TicketCategory.objects.leaves().filter(kind="complaint", axis="object")
        return list(rows.exclude(urgency="complex").values_list("pk", flat=True))


def run(_customers: int) -> Iterator[Row]:
    """Yield the medians, both under eight clients, the rate, and what was lost or doubled."""
    agent = User.objects.get(username="agent")
    complaints = Complaints(agent)
    with serve(FLOOR) as floor_port, serve(OURS) as our_port:
        bare = Client(floor_port, {"floor_session": floor_session(agent)})
        floor = Side(bare, complaints.maker("/tickets/add/", counts=False))
        plain = Side(bare, complaints.maker("/tickets/add/plain/", counts=False))
        client = Client(our_port, our_session(agent))
        ours = Side(client, complaints.maker("/tickets/add/", counts=True))

        times = medians(floor, ours, requests=REQUESTS, rounds=ROUNDS)
        yield compare("log a complaint", floor=times[0], ours=times[1], unit="ms", goal=GOAL)
        name = "the same beside an insert that looks nothing up"
        times = medians(plain, ours, requests=REQUESTS, rounds=ROUNDS)
        yield compare(name, floor=times[0], ours=times[1], unit="ms", goal=GOAL)
        rates = throughputs(floor, ours, seconds=SECONDS)
        name = "log a complaint, 8 at once"
        yield compare(name, floor=rates[0], ours=rates[1], unit="req/s", goal=GOAL_TOGETHER)
        name = f"log a complaint, 8 beside {RATE:.0f}/s"
        yield compare(name, floor=RATE, ours=rates[1], unit="req/s", goal=1.0)
    yield from _kept(complaints.sent)


def _kept(subjects: list[str]) -> Iterator[Row]:
    """Yield how many accepted complaints lack their row, first event or clocks."""
    rows = Ticket.objects.filter(subject__in=subjects)
    wanted = len(subjects)
    opened = TicketEvent.objects.filter(ticket__in=rows.values("pk"), kind="opened")
    timed = TicketClock.objects.filter(ticket__in=rows.values("pk")).values("ticket").distinct()
    for words, found in (
        ("complaints", rows.count()),
        ("first events", opened.count()),
        ("complaints with clocks", timed.count()),
    ):
        case = f"{words} kept of {wanted:,} accepted"
        yield Row(case, wanted, found, "rows", found / wanted, 1.0, found == wanted)
