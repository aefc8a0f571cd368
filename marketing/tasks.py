"""The jobs of marketing; each part keeps its own."""

import marketing.attribution.tasks
import marketing.campaigns.tasks
import marketing.channels.tasks
import marketing.content.tasks
import marketing.messaging.tasks
import marketing.planning.tasks
import marketing.promotions.tasks
import marketing.segments.tasks
import marketing.selling.tasks  # noqa: F401 -- makes the jobs known
