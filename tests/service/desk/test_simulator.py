"""The simulator of a telephone system plays a day against the desk (SVC-23, A-12)."""

import io
import random
import re
import urllib.error
from collections import Counter
from datetime import datetime, timedelta
from email.message import Message
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from service.desk import telephone
from service.desk.models import CallEvent, DeskCall, DeskMessage, DeskSeat
from service.desk.rules.day import STORIES, Cast, arrivals, plan_day
from service.management.commands import simulate_calls
from service.tickets.models import Ticket
from tests.factories import CustomerFactory
from tests.service.desk.conftest import SECRET, post

DAY = "2026-05-20"
STATES = {"ended", "missed", "voicemail"}
PHONE = "+8613800138000"
MIDNIGHT = timezone.make_aware(datetime(2026, 5, 20))


class Line:
    """Carries what the command sends to the site; ``troubles`` befall the first tries in turn."""

    def __init__(self, *troubles: str, each_event: bool = False) -> None:
        self.troubles, self.each_event = troubles, each_event
        self.seen: Counter[bytes] = Counter()
        self.number = 0

    def __call__(self, request: Any, timeout: float) -> Any:
        assert timeout > 0
        self.seen[request.data] += 1
        trouble = self._next(request.data)
        if trouble == "timeout":
            raise TimeoutError("nobody answers")
        if trouble == "refused":
            raise urllib.error.URLError(ConnectionRefusedError(111, "refused"))
        if trouble.isdigit():
            raise self._error(request, int(trouble))
        headers = {key.title(): value for key, value in request.header_items()}
        headers.pop("Content-Type")
        path = "/" + request.full_url.split("/", 3)[3]
        answer = Client().post(path, request.data, "application/json", headers=headers)
        if trouble == "lost":
            raise TimeoutError("the answer is lost")
        if answer.status_code >= 400:
            raise self._error(request, answer.status_code, answer.content)
        return io.BytesIO(answer.content)

    def _next(self, data: bytes) -> str:
        if not self.troubles or (self.each_event and self.seen[data] > 1):
            return ""
        self.number += 1
        return self.troubles[(self.number - 1) % len(self.troubles)]

    @staticmethod
    def _error(request: Any, status: int, body: bytes = b"{}") -> urllib.error.HTTPError:
        return urllib.error.HTTPError(request.full_url, status, "", Message(), io.BytesIO(body))


@pytest.fixture
def use(monkeypatch: Any) -> Any:
    """Let the command speak over a line; pauses pass at once and are written down."""
    pauses: list[float] = []
    monkeypatch.setattr(telephone.time, "sleep", pauses.append)

    def connect(line: Line) -> list[float]:
        monkeypatch.setattr(telephone.urllib.request, "urlopen", line)
        return pauses

    return connect


def play(**more: Any) -> str:
    out = io.StringIO()
    options = {"day": True, "date": DAY, "calls": 6, "to": "http://desk.example", "stdout": out}
    call_command("simulate_calls", **(options | more))
    return out.getvalue()


def told_of(name: str) -> list[Any]:
    """Return what is kept of the calls of a day, in order, without their names."""
    calls = DeskCall.objects.filter(external_id__startswith=name).order_by("external_id")
    return [
        (
            *(call.state, call.caller, call.line, call.agent_id, call.customer_id, call.project_id),
            *(call.began_at, call.answered_at, call.ended_at, call.mode),
            call.recording.replace(name, ""),
            _of_message(call, name),
        )
        for call in calls
    ]


def _of_message(call: DeskCall, name: str) -> Any:
    if call.ticket is None:
        return None
    message, ticket = call.ticket.desk_messages.get(), call.ticket
    return (
        *(message.contact_phone, message.customer_id, message.project_id, message.received_at),
        message.document.replace(name, ""),
        *(ticket.customer_id, ticket.project_id, ticket.opened_at, ticket.first_responder_id),
        str(ticket.contact_phone or ""),
    )


@pytest.fixture
def known(org: Any, seat: DeskSeat) -> Any:
    return CustomerFactory(phone=PHONE, project=org.project_one)


@pytest.mark.spec("SVC-23")
@pytest.mark.django_db(transaction=True)
def test_a_day_is_played_over_http_and_played_again_changes_nothing(live_server, org, seat, known):
    """The whole way: the command, a socket, the signed webhook, the records of the desk."""
    first = play(to=live_server.url, caller=[PHONE, "+8619900001234"])
    day, applied, replayed = re.search(
        r"(\d+) calls, (\d+) events applied, (\d+) replayed", first
    ).groups()
    assert (int(day), int(applied)) == (6, CallEvent.objects.count())
    assert int(replayed) > 0
    assert set(DeskCall.objects.values_list("state", flat=True)) == STATES
    assert DeskMessage.objects.count() == Ticket.objects.count() > 0
    assert set(Ticket.objects.values_list("channel", flat=True)) == {"voice"}
    before, events = told_of("sim-"), CallEvent.objects.count()
    assert "0 events applied" in play(to=live_server.url, caller=[PHONE, "+8619900001234"])
    assert (told_of("sim-"), CallEvent.objects.count()) == (before, events)
    assert (DeskMessage.objects.count(), Ticket.objects.count()) == (
        sum(row[0] == "voicemail" for row in before),
    ) * 2


def test_every_story_is_in_a_day_and_a_bad_line_mixes_it():
    cast = Cast([PHONE], ["8001", "8002"])
    told = plan_day(cast, calls=30, name="d", chance=random.Random(7))  # noqa: S311
    assert told == plan_day(cast, calls=30, name="d", chance=random.Random(7))  # noqa: S311
    kinds = Counter(each.kind for each in told)
    assert set(kinds) >= {"ringing", "answered", "held", "transferred", "voicemail", "hung_up"}
    assert kinds["ringing"] == 30
    assert len({each.event for each in told}) == len(told)
    assert len(STORIES) == 5
    mixed = arrivals(told, chance=random.Random(7))  # noqa: S311
    assert {each.event for each in mixed} == {each.event for each in told}
    assert len(mixed) > len(told)
    places = [told.index(each) for each in mixed]
    assert places != sorted(places)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_arrival_ends_in_the_same_calls_messages_and_tickets(
    org, seat, agent, specialist, known, settings, seed
):
    """Also the message left, whose number came later than the message itself."""
    DeskSeat.objects.create(user=specialist, extension="8002", skills=["phone"])
    cast = Cast([PHONE, "+8619900001234"], ["8001", "8002"])
    for name in ("a-", "b-"):
        told = plan_day(cast, calls=7, name=name, chance=random.Random(seed))  # noqa: S311
        if name == "b-":
            told = told[::-1] if seed == 1 else random.Random(9).sample(told, len(told))  # noqa: S311
        for each in told:
            at = MIDNIGHT + timedelta(seconds=each.at)
            body = {
                "event": each.event,
                "call": each.call,
                "kind": each.kind,
                "at": at.isoformat(),
                "caller": each.caller,
                "extension": each.extension,
                "recording": each.recording,
            }
            assert post(body).json() == {"result": "applied"}
    assert told_of("a-") == told_of("b-")
    assert {row[0] for row in told_of("a-")} == STATES
    left = [row[-1] for row in told_of("b-") if row[-1]]
    assert left
    assert all(row[0].startswith("+86") for row in left)


@pytest.mark.django_db
def test_what_fails_for_now_is_sent_again_and_kept_once(org, seat, known, use):
    pauses = use(Line("503", "timeout", "lost", "refused", "500", "429", each_event=True))
    said = play(caller=[PHONE])
    events = CallEvent.objects.count()
    again = int(re.search(r"(\d+) tries repeated", said)[1])
    assert again == events  # each event failed once
    assert len(pauses) == again
    assert f"{len(plan(6))}" == str(events)
    lost = int(re.search(r"(\d+) replayed", said)[1])
    assert lost > 0  # the ones whose answer was lost, and those the line repeats


def plan(calls: int) -> list[Any]:
    """Return the day as the command plans it."""
    chance = random.Random(f"{DAY}:1")  # noqa: S311
    return plan_day(Cast([PHONE], ["8001"]), calls=calls, name="sim-20260520-1", chance=chance)


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", ["503", "timeout", "refused"])
def test_a_desk_that_stays_away_is_told_after_some_tries(org, seat, use, trouble):
    line = Line(trouble)
    pauses = use(line)
    with pytest.raises(CommandError, match="no answer of the desk"):
        play(caller=[PHONE], tries=4)
    assert list(line.seen.values()) == [4]
    assert pauses == [0.5, 1.0, 2.0]
    assert not DeskCall.objects.exists()


@pytest.mark.check("A-12")
@pytest.mark.django_db
def test_a_forged_signature_is_refused_at_once(org, seat, use):
    class Site(Line):
        def __call__(self, request: Any, timeout: float) -> Any:
            with override_settings(CTI_SECRET=SECRET):
                return super().__call__(request, timeout)

    line = Site()
    use(line)
    with override_settings(CTI_SECRET="guessed"), pytest.raises(CommandError, match="HTTP 403"):
        play(caller=[PHONE])
    assert sum(line.seen.values()) == 1
    assert not CallEvent.objects.exists()
    assert not DeskCall.objects.exists()


@pytest.mark.django_db
def test_one_call_is_played_as_it_runs(org, seat, known, use):
    use(Line())
    said = play(day=False, caller=[PHONE], extension=["8001"], speed=100.0)
    assert [line.split(": ")[1] for line in said.splitlines()] == ["applied"] * 5
    call = DeskCall.objects.get()
    assert (call.state, call.customer, call.agent) == ("ended", known, seat.user)
    play(day=False, caller=[PHONE], extension=["8001"], only="ringing")
    assert DeskCall.objects.filter(state="ringing").count() == 1


@pytest.mark.django_db
def test_without_numbers_customers_with_a_home_and_strangers_call(org, seat, known):
    chance = random.Random(1)  # noqa: S311
    found = simulate_calls._callers(chance)
    assert found[0] == PHONE
    assert len(found) == 1 + simulate_calls.STRANGERS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"day": False}, "who calls"),
        ({"date": "2999-01-01"}, "not over"),
        ({"date": "May"}, "--date"),
        ({"to": "file:///etc/passwd"}, "--to"),
    ],
)
def test_what_cannot_be_played_says_so(org, more, words):
    with pytest.raises(CommandError, match=words):
        play(**more)


def test_without_the_secret_nothing_is_sent(settings):
    settings.CTI_SECRET = ""
    with pytest.raises(CommandError, match="CTI_SECRET"):
        play()
