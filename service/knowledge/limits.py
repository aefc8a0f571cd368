"""How often one address may use the public help page, counted in the cache."""

import logging
from math import ceil
from typing import Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.addresses import client_ip
from crm_site.common.cache import AWAY, counters
from crm_site.common.refusals import TooManyError, UnavailableError

logger = logging.getLogger(__name__)
# what -> (how often, in how many seconds)
LIMITS: Final = {
    "ask": (40, 600),
    "person": (5, 3600),
    "track": (10, 600),
    "rate": (40, 600),
    "link": (20, 600),
}
SECRETS: Final = frozenset({"track", "link"})  # a guess that nobody counts is no guess


class TooOftenError(TooManyError):
    """One address asked more often than a person does."""

    title = _("That was very often in a short time. Please try again a little later.")


def spend(request: HttpRequest, what: str) -> None:
    """Count one use of ``what`` from the caller's address; colleagues signed in are not counted.

    Raise TooOftenError beyond the limit. Where nothing can be counted, questions pass, because the
    page answers day and night; tries of a secret are refused with UnavailableError.
    """
    if request.user.is_authenticated:  # a whole office shares one address
        return
    most, seconds = LIMITS[what]
    moment = timezone.now().timestamp()
    slot = int(moment // seconds)
    key = f"help:{what}:{client_ip(request) or 'unknown'}:{slot}"
    try:
        counters.add(key, 0, timeout=seconds * 2)
        count = counters.incr(key)
    except AWAY as error:
        logger.warning("the help page is not counted: %s", type(error).__name__)
        if what in SECRETS:
            raise UnavailableError from error
        return
    if count > most:
        raise TooOftenError(retry_after=ceil((slot + 1) * seconds - moment))
