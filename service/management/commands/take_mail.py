"""Takes an e-mail from standard input, as a mail server pipes it, and makes a ticket of it."""

import hashlib
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from customers.models import Project
from service.desk.choices import MATTERS
from service.desk.services.intake import Incoming, take_message

LONGEST = 2 << 20  # bytes


class Command(BaseCommand):
    """``take_mail [--kind complaint] [--project CODE] < mail.eml``; prints the ticket's number."""

    stealth_options = ("stdin",)
    help = "Take an e-mail from standard input; the same Message-ID is one ticket."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what the mailbox is for."""
        parser.add_argument("--kind", default="inquiry", choices=[key for key, _word in MATTERS])
        parser.add_argument("--project", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the mail, keep it, print the number."""
        stream = options.get("stdin") or sys.stdin.buffer
        data: bytes = stream.read(LONGEST)
        mail = message_from_bytes(data, policy=policy.default)
        name, address = parseaddr(str(mail.get("From", "")))
        now = timezone.now()
        received = _sent_at(mail)
        key = str(mail.get("Message-ID", "")).strip() or hashlib.sha256(data).hexdigest()
        incoming = Incoming(
            channel="email",
            key=hashlib.sha256(key.encode("utf-8", "replace")).hexdigest(),
            kind=options["kind"],
            subject=str(mail.get("Subject", "")),
            body=_text(mail),
            name=name or address.partition("@")[0],
            email=address,
            project=Project.objects.filter(code=options["project"]).first(),
            received_at=received if received and received <= now else now,
        )
        message = take_message(incoming, actor=None, now=now)
        self.stdout.write(message.ticket.number)


def _sent_at(mail: Any) -> Any:
    try:
        at = parsedate_to_datetime(str(mail.get("Date", "")))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _text(mail: Any) -> str:
    part = mail.get_body(preferencelist=("plain",)) if isinstance(mail, EmailMessage) else None
    if part is None:
        return ""
    try:
        return str(part.get_content())[:4000]
    except (LookupError, UnicodeError):
        return ""
