"""Answering a survey by its link: 200 a second for a while, nothing lost, nothing twice (A-10).

Real tokens: each invitation has a link of its own of which the table keeps the hash. Eight phones
answer at once; one link in ten is sent by two of them, and may count once.
"""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from benchmarks.client import CONCURRENCY, Client, Request
from benchmarks.figures import Row, compare
from benchmarks.servers import FLOOR, OURS, serve
from crm_site.questionnaires.services import ensure_default
from crm_site.staff.models import User
from customers.importers.copying import copy_rows
from customers.models import Customer
from service.surveys.defaults import SERVICE
from service.surveys.models import Survey, SurveyAnswer, SurveyInvitation, SurveyResponse
from service.surveys.rules.links import hash_of, new_token
from service.surveys.services.opening import SurveyDraft, open_survey, write_survey

SECONDS = 20.0
RATE = 200.0
TWICE = 10  # one answer in so many is sent again
ASKED = int(RATE * SECONDS * 2)
QUESTIONS = 4
WORDS = ("good", "very_good", "fair")


@dataclass(slots=True)
class Phones:
    """Who answers which links; a link stands twice in the row where two send it at once."""

    port: int
    links: list[str]
    used_up: int  # the status of an answer that came second
    accepted: set[str] = field(default_factory=set)
    sent: int = 0

    def answer_all(self) -> float:
        """Let eight phones answer until the time or the links are over; return answers a second."""
        places = itertools.count()
        stop = time.monotonic() + SECONDS
        taken: list[list[str]] = [[] for _phone in range(CONCURRENCY)]

        def work(number: int) -> None:
            client, chance = Client(self.port, {}), random.Random(number)
            while time.monotonic() < stop and (place := next(places)) < len(self.links):
                if self._is_taken(client, self.links[place], chance):
                    taken[number].append(self.links[place])

        started = time.monotonic()
        threads = [threading.Thread(target=work, args=(number,)) for number in range(CONCURRENCY)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = time.monotonic() - started
        self.accepted = {link for links in taken for link in links}
        self.sent = min(next(places), len(self.links))
        return len(self.accepted) / spent

    def _is_taken(self, client: Client, link: str, chance: random.Random) -> bool:
        try:
            client.ask(Request(f"/s/{link}/", _answers(chance), expect=302))
        except RuntimeError as refusal:
            if f": {self.used_up}\n" not in str(refusal):
                raise
            return False
        return True


def run(_customers: int) -> Iterator[Row]:
    """Yield answers a second of both, ours beside 200 a second, and what was lost or doubled."""
    survey = _survey()
    with serve(FLOOR) as port:
        bare = Phones(port, _links(survey), 410)
        floor = bare.answer_all()
    with serve(OURS) as port:
        phones = Phones(port, _links(survey), 200)
        ours = phones.answer_all()
    case = f"answers by link, {CONCURRENCY} phones, {SECONDS:.0f} s"
    yield compare(case, floor=floor, ours=ours, unit="req/s", goal=None)
    yield compare(f"the same beside {RATE:.0f}/s", floor=RATE, ours=ours, unit="req/s", goal=1.0)
    yield from _kept(phones)


def _kept(phones: Phones) -> Iterator[Row]:
    """Yield how many accepted answers are in the table, whole, and how many twice."""
    wanted = len(phones.accepted)
    hashes = [hash_of(link) for link in phones.accepted]
    rows = SurveyResponse.objects.filter(invitation__token_hash__in=hashes)
    times = Counter(rows.values_list("invitation", flat=True))
    answers = SurveyAnswer.objects.filter(response__in=rows.values("pk")).count()
    used = SurveyInvitation.objects.filter(token_hash__in=hashes, used_at__isnull=False).count()
    for words, found, whole in (
        ("responses kept", len(times), wanted),
        ("links used up", used, wanted),
        ("answers to questions", answers, wanted * QUESTIONS),
    ):
        case = f"{words} of {whole:,}"
        yield Row(case, whole, found, "rows", found / max(1, whole), 1.0, found == whole)
    twice = sum(count - 1 for count in times.values())
    case = f"kept twice of {phones.sent:,} sent"
    yield Row(case, 0, twice, "rows", float(twice), 0.0, twice == 0)


def _answers(chance: random.Random) -> dict[str, str]:
    return {
        "q-q1": chance.choice(WORDS),
        "q-q2": str(chance.randint(3, 5)),
        "q-q3": str(chance.randint(3, 5)),
        "q-q4": str(chance.randint(7, 10)),
    }


def _survey() -> Survey:
    """Return an open survey that follows visits, so that opening it asks nobody yet."""
    manager, now = User.objects.get(username="service_manager"), timezone.now()
    draft = SurveyDraft(
        title="测速", questionnaire=ensure_default(SERVICE), trigger="visit", link_days=30
    )
    return open_survey(
        survey=write_survey(draft=draft, actor=manager, now=now), actor=manager, now=now
    )


def _links(survey: Survey) -> list[str]:
    """Ask as many customers as can answer in the time; return the links, some of them twice."""
    now = timezone.now()
    people = list(Customer.objects.order_by("pk").values_list("pk", "project_id")[:ASKED])
    links = [new_token() for _one in range(ASKED)]
    copy_rows(
        SurveyInvitation,
        ("source", "customer_id", "project_id", "token_hash"),
        [
            (f"bench:{link}", *people[place % len(people)], hash_of(link))
            for place, link in enumerate(links)
        ],
        {
            "second_hash": "",
            "survey_id": survey.pk,
            "invited_at": now,
            "expires_at": now + timedelta(days=survey.link_days),
        },
    )
    twice = [[link, link] if place % TWICE == 0 else [link] for place, link in enumerate(links)]
    return list(itertools.chain.from_iterable(twice))
