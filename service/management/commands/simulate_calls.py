"""Plays a telephone system: signed events of calls, sent to the desk over HTTP (SVC-23)."""

import random
import time
import uuid
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.models import Customer
from service.desk.models import DeskSeat
from service.desk.rules.day import Cast, arrivals, plan_day
from service.desk.telephone import RefusedError, Sent, Telephone, UnreachableError

STORY = (("ringing", 0), ("answered", 3), ("held", 5), ("resumed", 2), ("hung_up", 5))
KNOWN, STRANGERS = 40, 8
OVER_AT = 22  # local hour from which today can be played as a whole


class Command(BaseCommand):
    """``simulate_calls --day`` plays a whole day, ``--caller 13800138000`` one call as it runs."""

    help = (
        "Play a telephone system: a whole day of calls with --day (answered, held, passed on,"
        " missed, voice messages; late, overtaken and repeated events), or a call as it runs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address of the site, who calls where, which day, and how fast."""
        parser.add_argument("--to", default="http://127.0.0.1:8000", help="address of the site")
        parser.add_argument("--caller", action="append", help="a number; may be given again")
        parser.add_argument("--line", default="4000000000")
        parser.add_argument("--extension", action="append", help="may be given again")
        parser.add_argument("--only", choices=[kind for kind, _pause in STORY])
        parser.add_argument("--speed", type=float, default=1.0, help="2: twice as fast")
        parser.add_argument("--day", action="store_true", help="play a whole day at once")
        parser.add_argument("--date", help="yyyy-mm-dd; default: the last day that is over")
        parser.add_argument("--calls", type=int, default=60, help="of a day")
        parser.add_argument("--seed", type=int, default=1, help="of a day; the same, the same day")
        parser.add_argument("--timeout", type=float, default=10, help="seconds for an answer")
        parser.add_argument("--tries", type=int, default=6, help="of each event")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send the events and print what the desk answered."""
        if not settings.CTI_SECRET:
            raise CommandError("Set CTI_SECRET; without it nobody is believed.")
        if not options["to"].startswith(("http://", "https://")):
            raise CommandError("--to is the address of the site, such as http://127.0.0.1:8000")
        telephone = Telephone(
            options["to"],
            settings.CTI_SECRET,
            tries=max(1, options["tries"]),
            timeout=options["timeout"],
        )
        if options["day"]:
            self._play_day(telephone, options)
        elif options["caller"]:
            self._play_calls(telephone, options)
        else:
            raise CommandError("Say --day, or who calls: --caller 13800138000")

    def _play_day(self, telephone: Telephone, options: dict[str, Any]) -> None:
        day = _day(options["date"], timezone.localtime())
        chance = random.Random(f"{day}:{options['seed']}")  # noqa: S311 - a simulation
        cast = Cast(options["caller"] or _callers(chance), options["extension"] or _extensions())
        name = f"sim-{day:%Y%m%d}-{options['seed']}"
        told = plan_day(cast, calls=max(0, options["calls"]), name=name, chance=chance)
        midnight = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        said: Counter[str] = Counter()
        for each in arrivals(told, chance=chance):
            event = {
                "event": each.event,
                "call": each.call,
                "kind": each.kind,
                "at": (midnight + timedelta(seconds=each.at)).isoformat(),
                "caller": each.caller,
                "line": options["line"] if each.kind == "ringing" else "",
                "extension": each.extension,
                "recording": each.recording,
            }
            sent = self._send(telephone, event)
            said[sent.result] += 1
            said["again"] += sent.tries - 1
        self.stdout.write(
            f"{day}: {len({each.call for each in told})} calls, {said['applied']} events applied,"
            f" {said['replayed']} replayed, {said['again']} tries repeated."
        )

    def _play_calls(self, telephone: Telephone, options: dict[str, Any]) -> None:
        extensions = options["extension"] or [""]
        for place, caller in enumerate(options["caller"]):
            call = f"sim-{uuid.uuid4().hex[:12]}"
            for kind, pause in STORY:
                if options["only"] and kind != options["only"]:
                    continue
                time.sleep(0 if options["only"] else pause / max(options["speed"], 0.01))
                event = {
                    "event": uuid.uuid4().hex,
                    "call": call,
                    "kind": kind,
                    "at": timezone.now().isoformat(),
                    "caller": caller,
                    "line": options["line"],
                    "extension": extensions[place % len(extensions)],
                }
                self.stdout.write(f"{call} {kind}: {self._send(telephone, event).result}")

    def _send(self, telephone: Telephone, event: dict[str, Any]) -> Sent:
        try:
            return telephone.send(event)
        except RefusedError as error:
            raise CommandError(f"{event['call']} {event['kind']} is refused: {error}") from error
        except UnreachableError as error:
            words = f"{event['call']} {event['kind']}: no answer of the desk: {error}"
            raise CommandError(words) from error


def _day(given: str | None, now: datetime) -> date:
    """Return the day asked for, else the last one that is over; raise CommandError for others."""
    last = now.date() - timedelta(days=now.hour < OVER_AT)
    if not given:
        return last
    try:
        day = date.fromisoformat(given)
    except ValueError as error:
        raise CommandError("--date is a day such as 2026-05-20") from error
    if day > last:
        raise CommandError(f"{day} is not over yet; the last day that can be played is {last}.")
    return day


def _callers(chance: random.Random) -> list[str]:
    """Return numbers of customers, those with a home first, and of strangers."""
    rows = Customer.objects.filter(merged_into__isnull=True, phone__isnull=False)
    homes = rows.filter(purchases__handed_over_at__isnull=False).order_by("pk").distinct()
    found = [*homes[:KNOWN], *rows.order_by("pk")[:KNOWN]][:KNOWN]
    strangers = [f"+861990000{chance.randint(0, 9999):04}" for _each in range(STRANGERS)]
    return [*(str(each.phone) for each in found), *strangers]


def _extensions() -> list[str]:
    found = list(DeskSeat.objects.order_by("pk").values_list("extension", flat=True))
    return found or [""]
