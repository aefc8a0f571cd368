"""The tables of marketing; each part keeps its own."""

import marketing.attribution.models
import marketing.campaigns.models
import marketing.channels.models
import marketing.content.models
import marketing.messaging.models
import marketing.planning.models
import marketing.promotions.models
import marketing.segments.models
import marketing.selling.models  # noqa: F401 -- makes the tables known
