"""Sends signed events to the desk as a telephone system does; what fails for now is sent again."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_site.outbox.gateway import SIGNATURE, TIMESTAMP, TRY_AGAIN_STATUS, signature

EVENTS: Final = "/api/v1/cti/events/"
LONGEST_PAUSE: Final = 30.0  # seconds between two tries


class RefusedError(Exception):
    """The desk does not take the event, and would not take it later."""


class UnreachableError(Exception):
    """The desk did not answer, after every try."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the desk answered, and after how many tries."""

    result: str
    tries: int


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone system that reports to the site at ``url``.

    Every try is signed anew with the same key of the event, so that one whose answer was lost is
    answered with "replayed" and changes nothing.
    """

    url: str
    secret: str
    tries: int = 6
    pause: float = 0.5
    timeout: float = 10

    def send(self, event: Mapping[str, Any]) -> Sent:
        """Post an event until it is taken; raise RefusedError for a no, else UnreachableError."""
        body, pause, trouble = json.dumps(event).encode(), self.pause, ""
        for number in range(1, self.tries + 1):
            try:
                return Sent(self._post(body), number)
            except urllib.error.HTTPError as error:
                said = error.read(2000).decode(errors="replace")
                if error.code < 500 and error.code not in TRY_AGAIN_STATUS:
                    raise RefusedError(f"HTTP {error.code} {said}") from error
                trouble = f"HTTP {error.code}"
            except (OSError, ValueError, http.client.HTTPException) as error:
                trouble = f"{type(error).__name__}: {error}"
            if number < self.tries:
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        raise UnreachableError(trouble)

    def _post(self, body: bytes) -> str:
        at = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: at,
            SIGNATURE: signature(self.secret, at, body),
        }
        request = urllib.request.Request(  # noqa: S310 - the address comes from the command line
            self.url.rstrip("/") + EVENTS, body, headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310 - as above
            return str(json.loads(answer.read())["result"])
