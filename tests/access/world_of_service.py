"""One record of each kind of the service desk, for the tests of access."""

from typing import Any

from customers.models import Customer
from tests.access.world_of_clocks import clocks_of
from tests.access.world_of_delays import delays_of
from tests.access.world_of_desk import desk_of
from tests.access.world_of_experience import experience_of
from tests.access.world_of_groups import groups_of
from tests.access.world_of_knowledge import knowledge_of
from tests.access.world_of_owner_care import care_of
from tests.access.world_of_repairs import repairs_of
from tests.access.world_of_surveys import surveys_of
from tests.access.world_of_tickets import tickets_of

PARTS = (
    tickets_of,
    clocks_of,
    desk_of,
    knowledge_of,
    surveys_of,
    care_of,
    repairs_of,
    groups_of,
    experience_of,
    delays_of,
)


def served(customer: Customer, people: dict[str, Any], sold: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses of the service desk."""
    made = dict(sold)
    found: dict[str, Any] = {}
    for part in PARTS:
        new = part(customer, people, made)
        made |= new
        found |= new
    return found
