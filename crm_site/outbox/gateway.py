"""A provider over HTTP: what is asked, how it is signed, which answers count as taken."""

import hashlib
import hmac
import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from crm_site.outbox.errors import DeliveryError, UndeliverableError
from crm_site.outbox.letter import Letter

TIMEOUT = 10  # seconds
TRY_AGAIN_STATUS = {408, 409, 425, 429}
LONGEST_ANSWER = 64 * 1024
LONGEST_PAUSE = 24 * 60 * 60  # seconds a provider may ask to be left alone
TIMESTAMP, SIGNATURE = "X-Timestamp", "X-Signature"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET and look like success: treat it as an error."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the HMAC-SHA-256 in hex over ``<timestamp>.<body>``, as both sides make it."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """A provider that takes messages as JSON over HTTP and drops repeated ``Idempotency-Key``.

    Posts ``{"to", "title", "body"}``. With ``secret`` the request carries ``X-Timestamp`` (seconds)
    and ``X-Signature``. Taken is: 2xx with nothing, or with a JSON object in which ``accepted`` is
    not false. ``accepted: false`` and other 4xx mean never; 408, 409, 425, 429, 5xx, redirects,
    broken connections and answers that cannot be read mean later.
    """

    url: str
    token: str = ""
    secret: str = ""
    timeout: float = TIMEOUT

    def deliver(self, letter: Letter) -> None:
        """Post the letter; raise UndeliverableError for a final no, else DeliveryError."""
        try:
            with _opener.open(self._request(letter), timeout=self.timeout) as response:
                answer = response.read(LONGEST_ANSWER + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 400 or error.code >= 500 or error.code in TRY_AGAIN_STATUS:
                pause = _pause(error.headers.get("Retry-After"))
                raise DeliveryError(f"HTTP {error.code}", retry_after=pause) from error
            raise UndeliverableError(f"HTTP {error.code}") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise DeliveryError(type(error).__name__) from error
        _require_taken(answer)

    def _request(self, letter: Letter) -> urllib.request.Request:
        body = json.dumps({"to": letter.to, "title": letter.title, "body": letter.body}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": letter.key}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.secret:
            headers[TIMESTAMP] = str(int(time.time()))
            headers[SIGNATURE] = signature(self.secret, headers[TIMESTAMP], body)
        return urllib.request.Request(  # noqa: S310 - the address comes from the settings
            self.url, data=body, headers=headers, method="POST"
        )


def _require_taken(answer: bytes) -> None:
    """Raise unless the body of a 2xx answer says, or lets stand, that the message was taken."""
    if not answer.strip():
        return
    try:
        said = json.loads(answer[:LONGEST_ANSWER])
    except ValueError as error:
        raise DeliveryError("unreadable answer") from error
    if not isinstance(said, dict):
        raise DeliveryError("unreadable answer")
    if said.get("accepted") is False:
        raise UndeliverableError("not accepted")


def _pause(header: str | None) -> int | None:
    """Return the seconds of a Retry-After header, which may hold a number or a date."""
    if not header:
        return None
    try:
        if header.strip().isdigit():
            seconds = int(header)
        else:
            moment = parsedate_to_datetime(header)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            seconds = int(aware.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
    return max(0, min(seconds, LONGEST_PAUSE))
