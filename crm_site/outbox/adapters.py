"""How a message leaves over each channel; the built-in way is the message log itself.

An adapter gets the message's idempotency key and passes it on, so that a provider can drop what it
has already taken: a worker killed between the provider's answer and our commit sends again.
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from crm_site.outbox.errors import DeliveryError, UndeliverableError
from crm_site.outbox.kinds import Text
from crm_site.outbox.models import Message

TIMEOUT = 10  # seconds
TRY_AGAIN_STATUS = {408, 409, 425, 429}


class Adapter(Protocol):
    """Hands one message to one channel."""

    def deliver(self, message: Message, text: Text) -> None:
        """Return once the channel took it; raise DeliveryError or UndeliverableError otherwise."""


class MessageLog:
    """The channel of a company without a provider: the message row itself is the visible log."""

    def deliver(self, message: Message, text: Text) -> None:
        """Take every message."""


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """A gateway that takes messages as JSON over HTTP and drops repeated ``Idempotency-Key``.

    Posts ``{"to", "title", "body"}``; ``to`` is the employee number, or the account name where
    there is none: the gateway knows its people. 2xx took it; 408, 409, 425, 429 and 5xx mean later;
    any other answer means never.
    """

    url: str
    token: str = ""
    timeout: float = TIMEOUT

    def deliver(self, message: Message, text: Text) -> None:
        """Post the message; raise UndeliverableError for a final no, else DeliveryError."""
        try:
            with urllib.request.urlopen(  # noqa: S310 - the address comes from the settings
                self._request(message, text), timeout=self.timeout
            ) as response:
                response.read()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code >= 500 or error.code in TRY_AGAIN_STATUS:
                raise DeliveryError(f"HTTP {error.code}") from error
            raise UndeliverableError(f"HTTP {error.code}") from error
        except (OSError, ValueError) as error:
            raise DeliveryError(type(error).__name__) from error

    def _request(self, message: Message, text: Text) -> urllib.request.Request:
        person = message.recipient
        to = (person.employee_no or person.username) if person else ""
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.idempotency_key,
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = json.dumps({"to": to, "title": text.title, "body": text.body}).encode()
        return urllib.request.Request(  # noqa: S310 - as above
            self.url, data=body, headers=headers, method="POST"
        )


def adapter_for(channel: str) -> Adapter:
    """Return how messages leave over ``channel``: SMS through SMS_URL where set, else the log."""
    if channel == Message.Channel.SMS and settings.SMS_URL:
        return HttpGateway(settings.SMS_URL, settings.SMS_TOKEN)
    return MessageLog()
