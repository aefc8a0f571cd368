"""Complaints are put together as they come in and every night; decisions are remembered."""

from datetime import timedelta

import pytest

from crm_site.outbox.models import Message
from service.groups.errors import GroupError
from service.groups.models import GroupSuggestion, PairCount, TicketText
from service.groups.registrations import follow_opened
from service.groups.services import deciding
from service.groups.services.linking import link_left, link_ticket
from service.groups.services.regrouping import regroup
from service.tickets.models import Ticket
from tests.factories import NOW
from tests.purchase.conftest import building, make_units  # noqa: F401 -- fixtures
from tests.service.factories import CategoryFactory, TicketFactory
from tests.service.groups.conftest import MIXER, OTHERS, PARKING, complaints
from tests.service.groups.scores import agreement, bcubed, with_singles

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(org):
    return org.project_one


def members(suggestion):
    return set(suggestion.texts.values_list("ticket_id", flat=True))


@pytest.mark.spec("SVC-36")
def test_fifth_alike_complaint_opens_a_group_alert(org, service_manager, linked, client_for):
    complaints(org, OTHERS)
    linked(list(Ticket.objects.all()))
    tickets = complaints(org, MIXER)
    four = linked(tickets[:4])
    assert four.state == "growing"
    assert not Message.objects.filter(kind="groups.suggested").exists()
    five = linked(tickets[4:5])
    assert five.pk == four.pk
    assert five.state == "open"
    assert members(five) == {ticket.pk for ticket in tickets[:5]}
    assert Message.objects.filter(kind="groups.suggested", recipient=service_manager).count() == 1
    page = client_for(service_manager).get("/tickets/groups/").content.decode()
    assert "搅拌站" in page
    for ticket in tickets:  # members keep their own cases
        ticket.refresh_from_db()
        assert (ticket.state, ticket.group_id) == ("received", None)


def test_slow_complaints_are_no_alert(org, linked):
    tickets = complaints(org, MIXER, apart=timedelta(days=12))
    assert linked(tickets).state == "growing"


def test_other_matters_stay_apart(org, linked):
    mixer, parking = complaints(org, MIXER), complaints(org, PARKING)
    others = complaints(org, OTHERS)
    found = linked([*mixer, *parking, *others])
    assert found is None
    groups = {frozenset(members(each)) for each in GroupSuggestion.objects.all()}
    assert groups == {
        frozenset(ticket.pk for ticket in mixer),
        frozenset(ticket.pk for ticket in parking),
    }


def test_linking_twice_changes_nothing(org, linked):
    tickets = complaints(org, MIXER)
    found = linked(tickets)
    before = list(PairCount.objects.order_by("pk").values_list("pair", "texts"))
    assert linked(tickets).pk == found.pk
    assert list(PairCount.objects.order_by("pk").values_list("pair", "texts")) == before
    assert GroupSuggestion.objects.get().size == len(tickets)


def test_same_building_and_cause_are_linked_without_common_words(org, linked, make_units):  # noqa: F811
    units, cause = make_units(6), CategoryFactory(axis="cause", name="防水层破损")
    words = [("卫生间顶上滴水", ""), ("卧室墙皮鼓包", ""), ("天花板发霉", "")]
    tickets = [
        complaints(org, [each], unit=unit, cause=cause)[0]
        for each, unit in zip(words, units[::2], strict=True)
    ]
    found = linked(tickets)
    assert members(found) == {ticket.pk for ticket in tickets}
    assert found.facts["building"] == found.facts["cause"] == 3


def test_projects_are_never_mixed(org, linked):
    one = complaints(org, MIXER[:3])
    TicketFactory(customer=None, project=org.project_two, subject=MIXER[0][0], body=MIXER[0][1])
    assert members(linked([*one, Ticket.objects.latest("pk")][:3])) == {t.pk for t in one}
    assert linked([Ticket.objects.latest("pk")]) is None


def test_night_run_agrees_and_repeats(org, linked, now):
    tickets = [*complaints(org, MIXER), *complaints(org, PARKING), *complaints(org, OTHERS)]
    linked(tickets)
    keys = [ticket.pk for ticket in tickets]
    before = with_singles([members(each) for each in GroupSuggestion.objects.all()], keys)
    first = sorted(GroupSuggestion.objects.values_list("pk", flat=True))
    regroup(org.project_one.pk, now=now)
    after = with_singles([members(each) for each in GroupSuggestion.objects.all()], keys)
    assert agreement(before, after) >= 0.9
    assert sorted(GroupSuggestion.objects.values_list("pk", flat=True)) == first
    again = regroup(org.project_one.pk, now=now)
    assert again == GroupSuggestion.objects.count()
    assert with_singles([members(e) for e in GroupSuggestion.objects.all()], keys) == after


def test_night_run_learns_what_was_never_linked(org, now):
    tickets = complaints(org, MIXER)
    regroup(org.project_one.pk, now=now)
    assert members(GroupSuggestion.objects.get()) == {ticket.pk for ticket in tickets}
    assert GroupSuggestion.objects.get().state == "open"
    assert TicketText.objects.count() == len(tickets)


def test_rejection_is_remembered_until_twice_as_many(org, linked, now, service_manager):
    found = linked(complaints(org, MIXER[:5]))
    deciding.reject(found, reason="各说各的", actor=service_manager, now=now)
    regroup(org.project_one.pk, now=now)
    found.refresh_from_db()
    assert found.state == "rejected"
    linked(complaints(org, MIXER[5:], start=NOW + timedelta(days=2)))
    found.refresh_from_db()
    assert (found.size, found.state) == (6, "rejected")
    linked(complaints(org, MIXER[:4], start=NOW + timedelta(days=3)))
    found.refresh_from_db()
    assert (found.size, found.state) == (10, "open")
    assert GroupSuggestion.objects.count() == 1


def test_decision_is_taken_once(org, linked, now, service_manager):
    found = linked(complaints(org, MIXER))
    group = deciding.accept(found, subject="搅拌站噪音粉尘", actor=service_manager, now=now)
    assert group.members.count() == len(MIXER)
    with pytest.raises(GroupError):
        deciding.accept(found, subject="再来", actor=service_manager, now=now)
    with pytest.raises(GroupError):
        deciding.reject(found, reason="不是", actor=service_manager, now=now)
    assert Ticket.objects.filter(kind="group_complaint").count() == 1


def test_later_ones_are_offered_to_the_group(org, linked, now, service_manager):
    found = linked(complaints(org, MIXER[:5]))
    group = deciding.accept(found, subject="搅拌站", actor=service_manager, now=now)
    late = complaints(org, MIXER[5:])
    linked(late)
    assert list(deciding.newcomers(group)) == late
    assert deciding.take_newcomers(group, actor=service_manager, now=now) == 1
    assert not deciding.newcomers(group)
    assert group.members.count() == 6


def test_new_complaint_is_compared_after_commit(
    org, now, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(
        "service.groups.tasks.link_new_ticket.apply_async", lambda args, **_k: sent.append(args[0])
    )
    ticket, imported = complaints(org, MIXER[:1])[0], complaints(org, MIXER[1:2])[0]
    imported.channel = "import"
    with django_capture_on_commit_callbacks(execute=True):
        for each in (ticket, imported):
            event = each.events.create(kind="opened", at=now)
            follow_opened(each, event, now)
    assert sent == [ticket.pk]


def test_lost_messages_are_made_up_for(org, now):
    ticket = complaints(org, MIXER[:1])[0]
    Ticket.objects.update(created_at=now - timedelta(minutes=10))
    assert link_left(now=now) == 1
    assert TicketText.objects.filter(ticket=ticket).exists()
    assert link_left(now=now) == 0


@pytest.mark.spec("BEY-07")
def test_real_groups_are_found_one_by_one_as_by_night(org, now, real_messages, real_groups):
    """Half a year of real texts: grouped by night, then the last ones as they come in."""
    inside = set().union(*real_groups.values())
    some = [row for place, row in enumerate(real_messages) if place % 9 == 0]
    rows = [row for row in real_messages if row["留言编号"] in inside]
    rows = sorted(
        {row["留言编号"]: row for row in [*some, *rows]}.values(), key=lambda r: r["留言时间"]
    )
    numbers = {}
    for place, row in enumerate(rows):
        text = (row["留言主题"][:120], row["留言详情"][:4000])
        ticket = complaints(org, [text], start=NOW + timedelta(hours=place))[0]
        numbers[ticket.pk] = row["留言编号"]
        if place == len(rows) - 60:
            regroup(org.project_one.pk, now=now)
        elif place > len(rows) - 60:
            link_ticket(ticket.pk, now=now)
    found = [{numbers[k] for k in members(each)} for each in GroupSuggestion.objects.all()]
    before = with_singles(found, numbers.values())
    assert bcubed(found, list(real_groups.values())) >= 0.9
    regroup(org.project_one.pk, now=now)
    night = [{numbers[k] for k in members(each)} for each in GroupSuggestion.objects.all()]
    assert bcubed(night, list(real_groups.values())) >= 0.93
    assert agreement(before, with_singles(night, numbers.values())) >= 0.85
    best = max(GroupSuggestion.objects.all(), key=lambda each: each.size)
    assert best.state == "open"
    assert best.words


def test_a_word_without_end_is_learned_and_grouped(org, linked, now):
    """An address of a page of hundreds of letters hinders neither its ticket nor the night."""
    long = "https://example.com/" + "a1" * 200
    tickets = complaints(org, [(f"漏水{n}", f"{long}{n} {long}z 卫生间漏水。") for n in range(3)])
    linked(tickets)
    regroup(org.project_one.pk, now=now)
    assert TicketText.objects.count() == 3
    assert GroupSuggestion.objects.get().size == 3
