"""Plays a telephone system: signed events of calls, sent to the desk over HTTP (SVC-23)."""

import json
import time
import urllib.request
import uuid
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm_site.outbox.gateway import SIGNATURE, TIMESTAMP, signature

STORY = (("ringing", 0), ("answered", 3), ("held", 5), ("resumed", 2), ("hung_up", 5))


class Command(BaseCommand):
    """``simulate_calls --to URL --caller 13800138000 --extension 8001 [--only ringing]``."""

    help = "Play a telephone system: send the signed events of calls to the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address of the site, who calls where, and how fast."""
        parser.add_argument("--to", default="http://127.0.0.1:8000")
        parser.add_argument("--caller", action="append", required=True)
        parser.add_argument("--line", default="4000000000")
        parser.add_argument("--extension", default="")
        parser.add_argument("--only", choices=[kind for kind, _pause in STORY])
        parser.add_argument("--speed", type=float, default=1.0, help="2: twice as fast")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send the events of one call for each caller, and print what the desk answered."""
        if not settings.CTI_SECRET:
            raise CommandError("Set CTI_SECRET; without it nobody is believed.")
        for caller in options["caller"]:
            call = f"sim-{uuid.uuid4().hex[:12]}"
            for kind, pause in STORY:
                if options["only"] and kind != options["only"]:
                    continue
                time.sleep(0 if options["only"] else pause / max(options["speed"], 0.01))
                self._send(call, kind, caller, options)

    def _send(self, call: str, kind: str, caller: str, options: dict[str, Any]) -> None:
        event = {
            "event": uuid.uuid4().hex,
            "call": call,
            "kind": kind,
            "at": timezone.now().isoformat(),
            "caller": caller,
            "line": options["line"],
            "extension": options["extension"],
        }
        body = json.dumps(event).encode()
        at = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: at,
            SIGNATURE: signature(settings.CTI_SECRET, at, body),
        }
        request = urllib.request.Request(  # noqa: S310 - the address comes from the command line
            f"{options['to'].rstrip('/')}/api/v1/cti/events/", body, headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
                self.stdout.write(f"{call} {kind}: {answer.read().decode()}")
        except OSError as error:
            raise CommandError(f"{kind}: {error}") from error
