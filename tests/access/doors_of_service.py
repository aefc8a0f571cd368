"""Every address of the service desk; part of the table of access."""

from tests.access.doors_of_clocks import CLOCKS_DOORS
from tests.access.doors_of_delays import DELAYS_DOORS
from tests.access.doors_of_desk import DESK_DOORS
from tests.access.doors_of_experience import EXPERIENCE_DOORS
from tests.access.doors_of_groups import GROUPS_DOORS
from tests.access.doors_of_knowledge import KNOWLEDGE_DOORS
from tests.access.doors_of_owner_care import CARE_DOORS
from tests.access.doors_of_repairs import REPAIRS_DOORS
from tests.access.doors_of_surveys import SURVEYS_DOORS
from tests.access.doors_of_tickets import TICKETS_DOORS
from tests.access.gates import Door

SERVICE_DOORS: dict[str, Door] = {
    **TICKETS_DOORS,
    **CLOCKS_DOORS,
    **DESK_DOORS,
    **KNOWLEDGE_DOORS,
    **SURVEYS_DOORS,
    **CARE_DOORS,
    **REPAIRS_DOORS,
    **GROUPS_DOORS,
    **EXPERIENCE_DOORS,
    **DELAYS_DOORS,
}
