"""A complaint on its way, by its pages: every step stamped, closed only when it is whole."""

import pytest

from service.tickets.models import Ticket, TicketCallback
from service.tickets.rules import PATHS, TicketKind, TicketState, may_move
from service.tickets.services.moving import move_ticket
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CLASS = {"urgency": "routine", "severity": "grave"}
GOOD = {"solved": "yes", "pleasant": "5", "kind": "phone"}


def walk(ticket, take, quality, *, until: str) -> None:
    """Take a complaint by its pages up to a state."""
    steps = (
        ("classified", "classify", {"category": quality.pk, **CLASS}),
        ("assigned", "take", {}),
        ("investigating", "investigate", {"note": "上门查看"}),
        ("plan_agreed", "plan", {"plan": "三天内更换水管"}),
        ("executing", "execute", {}),
        ("replied", "reply", {"solution": "水管已更换, 吊顶已修复"}),
        ("callback", "answer", {"answer": "accepted"}),
    )
    for state, step, data in steps:
        answer = take(ticket, step, **data)
        assert answer.status_code == 302, (step, answer.content.decode()[-2000:])
        ticket.refresh_from_db()
        assert ticket.state == state
        if state == until:
            return


@pytest.mark.spec("SVC-27")
def test_each_step_stamps_person_and_time(complaint, take, quality, desk, cast) -> None:
    walk(complaint, take, quality, until="callback")
    assert take(complaint, "callback", **GOOD).status_code == 302
    assert take(complaint, "close").status_code == 302
    complaint.refresh_from_db()
    assert complaint.state == "closed"
    assert complaint.closed_at is not None
    reached = list(complaint.events.exclude(to_state="").values_list("to_state", "actor"))
    path = [state.value for state in PATHS[TicketKind.COMPLAINT]][1:]
    assert reached == [(state, cast["agent"].pk) for state in path]
    page = desk("agent").get(f"/tickets/{complaint.pk}/").content.decode()
    track = page.split('class="track way"')[1].split("</ol>")[0]
    assert track.count("<li") == 9
    assert track.count(cast["agent"].name) == 8
    wanted = "reopen"
    assert f"/tickets/{complaint.pk}/step/{wanted}/" in page
    assert take(complaint, "reopen", note="又漏水了").status_code == 302
    complaint.refresh_from_db()
    assert (complaint.state, complaint.reopened, complaint.closed_at) == ("reopened", 1, None)


@pytest.mark.spec("SVC-05")
@pytest.mark.parametrize("lacking", ["solution", "told", "answer", "callback"])
def test_closing_names_the_part_that_is_missing(
    complaint, take, quality, lacking, desk, cast
) -> None:
    walk(complaint, take, quality, until="callback")
    take(complaint, "callback", **GOOD)
    if lacking == "callback":
        TicketCallback.objects.all().delete()
    else:
        empty = {"solution": "", "told": None, "answer": ""}[lacking]
        column = {"solution": "solution", "told": "told_at", "answer": "answer"}[lacking]
        Ticket.objects.filter(pk=complaint.pk).update(**{column: empty})
    answer = take(complaint, "close", note="已完成")
    assert answer.status_code == 422
    page = answer.content.decode()
    words = {
        "solution": "解决方案",
        "told": "告知",
        "answer": "答复",
        "callback": "回访",
    }
    assert any(text in page for text in (words[lacking], lacking))
    assert "已完成" in page
    complaint.refresh_from_db()
    assert complaint.state == "callback"
    token = desk("agent")
    done = token.post(f"/api/v1/tickets/{complaint.pk}/close/", {}, "application/json")
    assert done.status_code == 400
    assert done.json()["missing"] == [lacking]


def test_the_table_lists_what_follows_what() -> None:
    assert may_move("complaint", "received", "classified")
    assert not may_move("complaint", "received", "closed")
    assert not may_move("complaint", "executing", "closed")
    assert may_move("complaint", "closed", "reopened")
    assert may_move("complaint", "callback", "reopened")
    for kind in TicketKind:
        for before in TicketState:
            closes = may_move(kind, before, "closed")
            assert not closes or before in {"callback", "replied"}


@pytest.mark.spec("SVC-32")
@pytest.mark.parametrize(
    ("solved", "mark", "satisfied", "state"),
    [
        ("yes", 5, True, "callback"),
        ("yes", 4, True, "callback"),
        ("yes", 3, False, "callback"),
        ("yes", 1, False, "callback"),
        ("partly", 5, False, "reopened"),
        ("no", 5, False, "reopened"),
    ],
)
def test_satisfied_is_solved_and_pleasant(
    complaint, take, quality, solved, mark, satisfied, state
) -> None:
    walk(complaint, take, quality, until="callback")
    answer = take(complaint, "callback", solved=solved, pleasant=str(mark), kind="phone")
    assert answer.status_code == 302
    row = complaint.callbacks.get()
    assert (row.solved, row.pleasant, row.is_satisfied) == (solved, mark, satisfied)
    complaint.refresh_from_db()
    assert complaint.state == state
    if solved == "yes" and not satisfied:
        assert take(complaint, "close").status_code == 422
        assert take(complaint, "close", note="已登门致歉").status_code == 302


@pytest.mark.parametrize("mark", ["0", "6", "-1", "abc", ""])
def test_a_mark_off_the_scale_is_refused(complaint, take, quality, mark) -> None:
    walk(complaint, take, quality, until="callback")
    answer = take(complaint, "callback", solved="yes", pleasant=mark, kind="phone", words="很好")
    assert answer.status_code == 422
    assert "很好" in answer.content.decode()
    assert not TicketCallback.objects.exists()


def test_a_refused_solution_goes_back_to_work(complaint, take, quality) -> None:
    walk(complaint, take, quality, until="replied")
    assert take(complaint, "answer", answer="refused", note="还在漏").status_code == 302
    complaint.refresh_from_db()
    assert (complaint.state, complaint.answer) == ("executing", "refused")
    same = take(complaint, "reply", solution="水管已更换, 吊顶已修复")
    assert same.status_code == 422
    again = take(complaint, "reply", solution="水管已更换, 吊顶已修复", repeated="on")
    assert again.status_code == 302


def test_two_at_once_nobody_is_overwritten(complaint, take, quality, cast) -> None:
    walk(complaint, take, quality, until="executing")
    first = take(complaint, "reply", solution="已修好", seen="=executing")
    assert first.status_code == 302
    late = take(complaint, "reply", who="specialist", solution="还没修", seen="=executing")
    assert late.status_code == 422
    assert "还没修" in late.content.decode()
    complaint.refresh_from_db()
    assert complaint.solution == "已修好"


@pytest.mark.spec("SVC-02")
def test_urgent_first_and_complex_names_a_person(complaint, take, quality, desk, cast) -> None:
    wrong = take(complaint, "classify", category=quality.pk, urgency="complex", severity="normal")
    assert wrong.status_code == 422
    assert take(complaint, "take").status_code == 302
    right = take(complaint, "classify", category=quality.pk, urgency="complex", severity="normal")
    assert right.status_code == 302
    complaint.refresh_from_db()
    assert (complaint.urgency, complaint.handler) == ("complex", cast["agent"])
    from tests.service.factories import TicketFactory

    later = TicketFactory(customer=complaint.customer, urgency="urgent", opened_at=NOW)
    plain = TicketFactory(customer=complaint.customer, opened_at=NOW)
    page = desk("agent").get("/tickets/").content.decode()
    order = [page.index(ticket.number) for ticket in (later, complaint, plain)]
    assert order == sorted(order)
    form = {
        "kind": "complaint",
        "project": complaint.project_id,
        "subject": "测量争议",
        "channel": "phone",
        "stage": "after_sale",
        "urgency": "complex",
    }
    assert desk("agent").post("/tickets/add/", form).status_code == 422
    made = desk("agent").post("/tickets/add/", {**form, "is_mine": "on"})
    assert made.status_code == 302


def test_classified_needs_a_class(complaint, take, cast) -> None:
    assert take(complaint, "classify", **CLASS).status_code == 422
    with pytest.raises(Exception, match=r"class|分类"):
        move_ticket(complaint, "classified", actor=cast["agent"], now=NOW)
