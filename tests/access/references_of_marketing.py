"""Every reference of marketing; part of the table of references."""

from tests.access.cases import Case
from tests.access.references_of_attribution import ATTRIBUTION_CASES
from tests.access.references_of_campaigns import CAMPAIGNS_CASES
from tests.access.references_of_channels import CHANNELS_CASES
from tests.access.references_of_content import CONTENT_CASES
from tests.access.references_of_messaging import MESSAGING_CASES
from tests.access.references_of_planning import PLANNING_CASES
from tests.access.references_of_promotions import PROMOTIONS_CASES
from tests.access.references_of_segments import SEGMENTS_CASES
from tests.access.references_of_selling import SELLING_CASES

MARKETING_CASES: dict[str, Case] = {
    **PLANNING_CASES,
    **CAMPAIGNS_CASES,
    **CONTENT_CASES,
    **CHANNELS_CASES,
    **ATTRIBUTION_CASES,
    **SEGMENTS_CASES,
    **MESSAGING_CASES,
    **PROMOTIONS_CASES,
    **SELLING_CASES,
}
