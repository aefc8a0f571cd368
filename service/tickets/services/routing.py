"""Where a ticket goes first: by its class, else to the lead of its process (SVC-01, PLT-27)."""

from datetime import datetime

from crm_site.policies.services import in_force
from service.tickets.division import DIVISION, Division, Process, Share, process_of
from service.tickets.models import TicketCategory


def share_of(process: Process, *, now: datetime) -> Share:
    """Return who leads and who assists in a process at ``now``."""
    division: Division = in_force(DIVISION, at=now).value
    return division.shares[process.value]


def department_for(category: TicketCategory | None, *, kind: str, stage: str, now: datetime) -> str:
    """Return the department a new ticket goes to."""
    if category is not None:
        return category.queue
    return share_of(process_of(kind, stage), now=now).lead.value
