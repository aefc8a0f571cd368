"""The whole real file goes by the steps of the wizard into the database and is grouped there."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from service.clocks.models import TicketClock
from service.groups.models import GroupSuggestion, TicketText
from service.groups.rules.clustering import LARGEST
from service.groups.services.linking import link_ticket
from service.groups.services.regrouping import regroup
from service.tickets.models import Ticket, TicketEvent
from tests.customers.importing import causes, checked, set_options, shared_file, uploaded, written
from tests.service.groups.conftest import complaints
from tests.service.groups.scores import bcubed

GOAL, MESSAGES, REPEATED = 0.93, 4326, 34
AS_WRITTEN = {"留言时间": "", "留言时间_原文": "received_at"}


def grouped() -> list[set[str]]:
    found: dict[int, set[str]] = {}
    rows = Ticket.objects.filter(text__suggestion__isnull=False)
    for key, number in rows.values_list("text__suggestion", "source_id"):
        found.setdefault(key, set()).add(number)
    return list(found.values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.spec("BEY-07")
def test_whole_file_is_imported_and_its_groups_are_found(
    org, service_manager, now, real_messages, real_groups
):
    given = io.BytesIO(shared_file("complaints_cn_messages.csv").read_bytes())
    job = uploaded(given, actor=service_manager, now=now, kind="complaints")
    job.mapping |= AS_WRITTEN
    set_options(job, project=str(org.project_one.pk))
    trial = checked(job, now=now).counts
    assert trial == {"created": MESSAGES - REPEATED, "repeated": REPEATED}
    assert sum(trial.values()) == len(real_messages) == MESSAGES
    assert not Ticket.objects.exists()
    job = written(job, now=now)
    assert job.counts == trial
    assert len(causes(job)["complaint_repeated"]) == REPEATED
    assert len(causes(job)["complaint_shared"]) >= 20  # the same words of somebody else stay
    at_their_time(real_messages)
    assert TicketEvent.objects.filter(kind="opened").count() == MESSAGES - REPEATED
    assert not TicketClock.objects.exists()  # history is held to no limit
    assert not Ticket.objects.exclude(step_due_at=None).exists()

    regroup(org.project_one.pk, now=now)
    groups = grouped()
    assert bcubed(groups, list(real_groups.values())) >= GOAL
    assert max(map(len, groups)) <= LARGEST
    assert max(GroupSuggestion.objects.values_list("size", flat=True)) <= LARGEST
    regroup(org.project_one.pk, now=now)
    assert sorted(map(sorted, grouped())) == sorted(map(sorted, groups))
    arrives_alone(org, real_messages, real_groups, now)


def at_their_time(messages: list[dict[str, str]]) -> None:
    """Each spelling of a moment was read as the moment the file gives beside it."""
    shapes = {"".join("9" if c.isdigit() else c for c in row["留言时间_原文"]) for row in messages}
    assert len(shapes) >= 8
    read = dict(Ticket.objects.values_list("source_id", "opened_at"))
    for row in messages:
        at = read.get(row["留言编号"])
        if at is not None:
            meant = datetime.strptime(row["留言时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            assert abs(at - (meant - timedelta(hours=8))) < timedelta(minutes=1), row


def arrives_alone(org, messages, groups, now) -> None:
    """One more in other words of a known matter is put with it at once."""
    row = next(row for row in messages if row["留言编号"] in groups["G1"])
    text = (f"又一位业主: {row['留言主题'][:60]}", row["留言详情"][:200])
    ticket = complaints(org, [text], start=now)[0]
    found = link_ticket(ticket.pk, now=now)
    members = set(TicketText.objects.filter(suggestion=found).values_list("ticket__source_id"))
    assert len({number for (number,) in members} & groups["G1"]) >= 0.9 * len(groups["G1"])
