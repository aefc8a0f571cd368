"""Who leads and who assists in each process between the four parties, as a policy (PLT-27)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from service.tickets.choices import DEPARTMENTS

DIVISION: Final = "service.division"
LABELS = dict(DEPARTMENTS)


class Department(StrEnum):
    SERVICE_CENTRE = "service_centre"
    PROPERTY = "property"
    SALES_OFFICE = "sales_office"
    ENGINEERING = "engineering"
    DESIGN = "design"
    MARKETING = "marketing"
    FINANCE = "finance"
    LEGAL = "legal"
    CLUB = "club"


D = Department


class Process(StrEnum):
    OPEN_DAY = "open_day"
    SIGNING = "signing"
    MOVE_IN = "move_in"
    WARRANTY = "warranty"
    MEMBERSHIP = "membership"
    LIVING = "living"


PROCESS_LABELS = {
    Process.OPEN_DAY.value: _("Open day of the building site"),
    Process.SIGNING.value: _("From signing to the handover"),
    Process.MOVE_IN.value: _("Moving in"),
    Process.WARRANTY.value: _("The warranty year"),
    Process.MEMBERSHIP.value: _("Membership of the club"),
    Process.LIVING.value: _("Living there afterwards"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """The parties of one process: one leads, others assist."""

    lead: Department = setting(  # noqa: RUF009 -- a dataclass field
        pgettext_lazy("division", "Leads"), default=Department.SERVICE_CENTRE, labels=LABELS
    )
    assist: tuple[Department, ...] = setting(_("Assist"), default=(), labels=LABELS)


@dataclass(frozen=True, slots=True)
class Division:
    """The matrix of processes: each has exactly one lead, who never assists too."""

    shares: dict[str, Share] = setting(  # noqa: RUF009 -- a dataclass field
        _("Lead and assistants by process"),
        default={
            Process.OPEN_DAY.value: Share(D.SERVICE_CENTRE, (D.PROPERTY,)),
            Process.SIGNING.value: Share(D.SERVICE_CENTRE, (D.SALES_OFFICE,)),
            Process.MOVE_IN.value: Share(D.PROPERTY, (D.SERVICE_CENTRE,)),
            Process.WARRANTY.value: Share(D.SERVICE_CENTRE, (D.ENGINEERING, D.PROPERTY)),
            Process.MEMBERSHIP.value: Share(D.CLUB, (D.SERVICE_CENTRE,)),
            Process.LIVING.value: Share(D.PROPERTY, (D.SERVICE_CENTRE,)),
        },
        labels=PROCESS_LABELS,
    )

    def __post_init__(self) -> None:
        """Refuse a process without a lead, and a lead who assists."""
        if set(self.shares) != set(Process):
            raise FieldError("shares", _("Name the lead of every process, and of no other."))
        for share in self.shares.values():
            if share.lead in share.assist:
                raise FieldError("shares", _("Who leads a process does not assist in it too."))


def process_of(kind: str, stage: str) -> Process:
    """Return the process that a ticket of this kind and stage belongs to."""
    if stage in {"pre_sale", "in_sale"}:
        return Process.SIGNING
    return Process.LIVING if kind == "suggestion" else Process.WARRANTY


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=DIVISION,
            label=_("Division of labour"),
            area=PolicyArea.OWNERSHIP,
            help=_(
                "Which party leads each process and which assist. A ticket whose class names no"
                " department goes to the lead of its process."
            ),
            shape=Division,
            default=Division(),
        )
    )
