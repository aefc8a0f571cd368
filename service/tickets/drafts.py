"""What is known of a ticket when it is opened."""

from dataclasses import dataclass
from datetime import date, datetime

from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.property.models import Unit
from customers.purchase.models import Purchase
from service.tickets.models import Ticket, TicketCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """A ticket to be opened; the same ``source`` and ``source_id`` open one ticket only.

    An empty ``urgency`` is that of the class. ``contact_phone`` is any spelling of a number.
    ``received_at`` is when the customer said it, where that was before it is written down.
    """

    kind: str
    project: Project
    subject: str
    body: str = ""
    category: TicketCategory | None = None
    cause: TicketCategory | None = None
    urgency: str = ""
    severity: str = "normal"
    stage: str = "after_sale"
    channel: str = "phone"
    customer: Customer | None = None
    contact_name: str = ""
    contact_phone: str = ""
    unit: Unit | None = None
    purchase: Purchase | None = None
    first_responder: User | None = None
    handler: User | None = None
    department: str = ""
    group: Ticket | None = None
    source: str = ""
    source_id: str = ""
    occurred_on: date | None = None
    received_at: datetime | None = None
    is_proactive: bool = False
    is_demanding: bool = False
