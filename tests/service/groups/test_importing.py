"""Complaints of earlier systems come in through the wizard, each once, and can be taken back."""

from datetime import UTC, datetime

import pytest

from crm_site.exchange.models import ImportJob
from crm_site.exchange.services import reverting
from service.groups.models import GroupSuggestion, PairCount
from service.groups.services.regrouping import regroup
from service.tickets.models import Ticket
from tests.customers.importing import causes, imported

pytestmark = pytest.mark.django_db
HEAD = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"]
ROWS = [
    HEAD,
    ["1", "A1", "搅拌站噪音", "2019/2/8 9:25:05", "南门搅拌站夜间噪音。"],
    ["2", "A2", "搅拌站粉尘", "2019-11-15 08:56:46", "南门搅拌站粉尘。"],
    ["3", "A1", "搅拌站噪音", "2019/12/21 13:09:20", "南门搅拌站,夜间噪音!"],
    ["4", "A3", "搅拌站噪音", "2019年12月2日 12:11", "南门搅拌站夜间噪音。"],
    ["5", "A4", "", "2019/1/1", ""],
    ["", "A5", "没有编号", "2019/1/1", "内容"],
    ["6", "A6", "日期读不出", "去年冬天", "内容"],
]


def run(rows, org, actor, now):
    return imported(rows, actor=actor, now=now, kind="complaints", project=str(org.project_one.pk))


def test_messages_become_tickets_at_their_own_time(org, service_manager, now):
    job = run(ROWS, org, service_manager, now)
    assert job.counts == {"created": 3, "repeated": 1, "bad": 3}
    found = {ticket.source_id: ticket for ticket in Ticket.objects.all()}
    assert sorted(found) == ["1", "2", "4"]
    assert found["1"].opened_at == datetime(2019, 2, 8, 1, 25, 5, tzinfo=UTC)
    assert found["4"].opened_at == datetime(2019, 12, 2, 4, 11, tzinfo=UTC)
    assert found["2"].contact_name == "A2"
    assert {ticket.channel for ticket in found.values()} == {"import"}
    said = causes(job)
    assert said["complaint_repeated"] == [4]
    assert said["complaint_shared"] == [5]
    assert said["no_words"] == [6]
    assert said["no_number"] == [7]
    assert said["not_a_date"] == [8]


def test_second_import_changes_nothing(org, service_manager, now):
    run(ROWS, org, service_manager, now)
    assert run(ROWS, org, service_manager, now).counts["unchanged"] == 3
    again = [HEAD, ["9", "A2", "搅拌站粉尘", "2020/1/1", "南门搅拌站粉尘"]]
    job = run(again, org, service_manager, now)
    assert Ticket.objects.count() == 3
    assert job.counts == {"repeated": 1}
    assert causes(job)["complaint_known"] == [2]


def test_import_is_reverted_except_what_was_worked_on(org, service_manager, now):
    job = run(ROWS, org, service_manager, now)
    regroup(org.project_one.pk, now=now)
    kept = Ticket.objects.get(source_id="2")
    kept.version += 1
    kept.save(update_fields=["version"])
    reverting.start_revert(job=job, actor=service_manager, now=now)
    assert not reverting.revert(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert job.state == ImportJob.State.REVERTED
    assert list(Ticket.objects.all()) == [kept]
    assert all(row.texts == 1 for row in PairCount.objects.all())
    assert not GroupSuggestion.objects.filter(texts=None).exists()


def test_consultant_is_not_offered_the_import(consultant, client_for, service_manager):
    assert "complaints" not in client_for(consultant).get("/imports/").content.decode()
    page = client_for(service_manager).get("/imports/")
    assert 'value="complaints"' in page.content.decode()
