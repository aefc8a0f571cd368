"""The jobs of the service desk; each part keeps its own."""

import service.care.tasks
import service.clocks.tasks
import service.delays.tasks
import service.desk.tasks
import service.experience.tasks
import service.groups.tasks
import service.knowledge.tasks
import service.repairs.tasks
import service.surveys.tasks
import service.tickets.tasks  # noqa: F401 -- makes the jobs known
