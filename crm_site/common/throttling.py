"""How often one may ask, and what happens when the server that counts is away (A-54)."""

import logging
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, UserRateThrottle

from crm_site.common.cache import AWAY, counters

logger = logging.getLogger(__name__)


class OpenThrottle(UserRateThrottle):
    """Requests of a signed-in account; where nobody counts, they pass."""

    cache = counters  # type: ignore[assignment]

    def allow_request(self, request: Request, view: Any) -> bool:
        """Tell whether the request may pass."""
        try:
            return bool(super().allow_request(request, view))
        except AWAY as error:
            logger.warning("requests pass uncounted: %s", type(error).__name__)
            return True


class ClosedThrottle(ScopedRateThrottle):
    """Tries of a secret; where nobody counts, none passes: the error becomes a 503."""

    cache = counters  # type: ignore[assignment]
