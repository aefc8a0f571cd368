"""How a message leaves over each channel; the built-in way is the message log itself.

An adapter gets the message's idempotency key and passes it on, so that a provider can drop what it
has already taken: a worker killed between the provider's answer and our commit sends again.
"""

import hashlib
import smtplib
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from crm_site.outbox.errors import DeliveryError, UndeliverableError
from crm_site.outbox.gateway import TIMEOUT, HttpGateway
from crm_site.outbox.letter import Letter
from crm_site.outbox.models import Message


class Adapter(Protocol):
    """Hands one letter to one channel."""

    def deliver(self, letter: Letter) -> None:
        """Return once the channel took it; raise DeliveryError or UndeliverableError otherwise."""


class MessageLog:
    """The channel of a company without a provider: the message row itself is the visible log."""

    def deliver(self, letter: Letter) -> None:
        """Take every message."""


class Mail:
    """E-mail through Django's mail backend; the key becomes the Message-ID."""

    def deliver(self, letter: Letter) -> None:
        """Send the letter as plain text; a refused mailbox is final, other trouble is not."""
        message = EmailMessage(
            subject=" ".join(letter.title.split()),
            body=letter.body or letter.title,
            to=[letter.to],
            headers={"Message-ID": self._message_id(letter.key)},
            connection=get_connection(timeout=TIMEOUT),
        )
        try:
            taken = message.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            kind = UndeliverableError if min(codes, default=0) >= 500 else DeliveryError
            raise kind(f"SMTP {codes}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(type(error).__name__) from error
        except ValueError as error:
            raise UndeliverableError("unusable address") from error
        if not taken:
            raise DeliveryError("not taken")

    @staticmethod
    def _message_id(key: str) -> str:
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def adapter_for(channel: str) -> Adapter:
    """Return how messages leave over ``channel``: its provider where one is set, else the log."""
    if channel == Message.Channel.SMS and settings.SMS_URL:
        return HttpGateway(settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_SECRET)
    if channel == Message.Channel.WECHAT and settings.WECHAT_URL:
        return HttpGateway(settings.WECHAT_URL, settings.WECHAT_TOKEN, settings.WECHAT_SECRET)
    if channel == Message.Channel.APP and settings.APP_PUSH_URL:
        return HttpGateway(settings.APP_PUSH_URL, settings.APP_PUSH_TOKEN, settings.APP_PUSH_SECRET)
    if channel == Message.Channel.EMAIL and settings.EMAIL_URL:
        return Mail()
    return MessageLog()
