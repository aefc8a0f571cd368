"""Every reference of the service desk; part of the table of references."""

from tests.access.cases import Case
from tests.access.references_of_clocks import CLOCKS_CASES
from tests.access.references_of_desk import DESK_CASES
from tests.access.references_of_experience import EXPERIENCE_CASES
from tests.access.references_of_groups import GROUPS_CASES
from tests.access.references_of_knowledge import KNOWLEDGE_CASES
from tests.access.references_of_owner_care import CARE_CASES
from tests.access.references_of_repairs import REPAIRS_CASES
from tests.access.references_of_surveys import SURVEYS_CASES
from tests.access.references_of_tickets import TICKETS_CASES

SERVICE_CASES: dict[str, Case] = {
    **TICKETS_CASES,
    **CLOCKS_CASES,
    **DESK_CASES,
    **KNOWLEDGE_CASES,
    **SURVEYS_CASES,
    **CARE_CASES,
    **REPAIRS_CASES,
    **GROUPS_CASES,
    **EXPERIENCE_CASES,
}
