"""One record of each kind of marketing, for the tests of access."""

from typing import Any

from customers.models import Customer
from tests.access.world_of_attribution import attribution_of
from tests.access.world_of_campaigns import campaigns_of
from tests.access.world_of_channels import channels_of
from tests.access.world_of_content import content_of
from tests.access.world_of_messaging import messaging_of
from tests.access.world_of_planning import planning_of
from tests.access.world_of_promotions import promotions_of
from tests.access.world_of_segments import segments_of
from tests.access.world_of_selling import selling_of

PARTS = (
    planning_of,
    campaigns_of,
    content_of,
    channels_of,
    attribution_of,
    segments_of,
    messaging_of,
    promotions_of,
    selling_of,
)


def promoted(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses of marketing."""
    known = dict(made)
    found: dict[str, Any] = {}
    for part in PARTS:
        new = part(customer, people, known)
        known |= new
        found |= new
    return found
