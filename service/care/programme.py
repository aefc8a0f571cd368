"""The eight steps as the product brings them, with the triggers and offsets of their index.

Source: SVC-68 to SVC-90 and the index of the programme. Where the index names no time, an action
has none here either and is done under *carrier*.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from customers.rules.axes import TaskKind
from customers.rules.playbooks import PlaybookStep, StepRole
from service.care.forms_of_record import FURTHER, INSPECTION, LIVING, SALES_SERVICE
from service.care.rules import HANDED_OVER, REGULAR, SIGNED

DAY: Final = 24
STEPS: Final = (
    (1, _("Warm hand-in-hand"), _("Before the launch: what customers are told and shown")),
    (2, _("Happy union"), _("From the subscription to the contract")),
    (3, _("Close contact"), _("While the home is being built")),
    (4, _("Welcome home"), _("The handover")),
    (5, _("Caring greetings"), _("The first time in the new home")),
    (6, _("Taking responsibility"), _("Repairs, complaints, inspection after a year")),
    (7, _("Together all the way"), _("Community life")),
    (8, _("Four-year promise"), _("Renewal of older estates")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """An action with a time: what starts it, how long after, what is done and recorded."""

    step: int
    key: str
    name: Any
    trigger: str
    title: Any
    months: int = 0
    hours: int = 0
    task: TaskKind = TaskKind.CALL
    form: str = ""

    def playbook_step(self) -> PlaybookStep:
        """Return the only step of its playbook, in the active language."""
        return PlaybookStep(
            key="do",
            title=str(self.title),
            offset_hours=self.hours,
            offset_months=self.months,
            role=StepRole.SPECIALIST,
            task_kind=self.task,
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """An action that another part of the product does."""

    step: int
    key: str
    name: Any


ACTIONS: Final[tuple[Timed | Carried, ...]] = (
    Carried(1, "launch-risk", _("Sales risk check, a week before the launch")),
    Carried(1, "launch-comfort", _("Comfort check of site and signing room")),
    Carried(2, "specialist", _("First contact by the specialist, within a week")),
    Timed(
        step=2,
        key="care-sales-service",
        name=_("Sales-service callback"),
        trigger=SIGNED,
        title=_("Sales-service callback: ask about the time until the contract"),
        hours=7 * DAY,
        form=SALES_SERVICE,
    ),
    Carried(3, "notices", _("Progress notices at building nodes")),
    Carried(3, "events", _("Site open day")),
    Carried(3, "newsletter", _("Club newsletter")),
    Carried(4, "delivery-group", _("Handover risk group, three months before")),
    Carried(4, "inspections", _("Simulated inspection")),
    Carried(4, "handover", _("Handover notice with attachments, ten days before")),
    Carried(5, "greetings", _("Birthday and festive wishes")),
    Carried(5, "plans", _("Care activities of the year")),
    Timed(
        step=5,
        key="care-living",
        name=_("Living-experience callback"),
        trigger=HANDED_OVER,
        title=_("Living-experience callback: ask about home and service"),
        months=3,
        form=LIVING,
    ),
    Timed(
        step=5,
        key="care-further",
        name=_("Further callback"),
        trigger=HANDED_OVER,
        title=_("Care callback after a year in the new home"),
        months=12,
        form=FURTHER,
    ),
    Timed(
        step=5,
        key="care-regular",
        name=_("Regular callback by grade"),
        trigger=REGULAR,
        title=_("Regular callback: how is life with us?"),
        hours=14 * DAY,
        form=FURTHER,
    ),
    Timed(
        step=6,
        key="care-inspection",
        name=_("One-year quality inspection"),
        trigger=HANDED_OVER,
        title=_("Inspect the home after a year, with the property centre"),
        months=12,
        task=TaskKind.VISIT,
        form=INSPECTION,
    ),
    Carried(7, "community", _("Community groups and events")),
    Carried(8, "funds", _("Care fund for older estates")),
)
