"""Every address of marketing; part of the table of access."""

from tests.access.doors_of_attribution import ATTRIBUTION_DOORS
from tests.access.doors_of_campaigns import CAMPAIGNS_DOORS
from tests.access.doors_of_channels import CHANNELS_DOORS
from tests.access.doors_of_content import CONTENT_DOORS
from tests.access.doors_of_messaging import MESSAGING_DOORS
from tests.access.doors_of_planning import PLANNING_DOORS
from tests.access.doors_of_promotions import PROMOTIONS_DOORS
from tests.access.doors_of_segments import SEGMENTS_DOORS
from tests.access.doors_of_selling import SELLING_DOORS
from tests.access.gates import Door

MARKETING_DOORS: dict[str, Door] = {
    **PLANNING_DOORS,
    **CAMPAIGNS_DOORS,
    **CONTENT_DOORS,
    **CHANNELS_DOORS,
    **ATTRIBUTION_DOORS,
    **SEGMENTS_DOORS,
    **MESSAGING_DOORS,
    **PROMOTIONS_DOORS,
    **SELLING_DOORS,
}
