"""The tables of the service desk; each part keeps its own."""

import service.care.models
import service.clocks.models
import service.delays.models
import service.desk.models
import service.experience.models
import service.groups.models
import service.knowledge.models
import service.repairs.models
import service.surveys.models
import service.tickets.models  # noqa: F401 -- makes the tables known
