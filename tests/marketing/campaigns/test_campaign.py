"""A campaign from draft to review, its gates, its publicity and its loop, through the pages."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.outbox.models import Message
from customers.models import Task
from marketing.campaigns import hooks
from marketing.campaigns.checks import EXECUTABILITY, PRINCIPLES
from marketing.campaigns.errors import CampaignError
from marketing.campaigns.models import BudgetNode, Campaign, CampaignReview, LoopItem
from marketing.campaigns.selectors import campaign_of, campaign_starts
from marketing.campaigns.services import running as life
from marketing.campaigns.services.approving import ask_approval, take_back
from marketing.campaigns.tasks import tend_campaigns

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def on_day(monkeypatch):
    """Set the clock of pages and jobs."""

    def put(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return put


def written(org, owner, **more):
    given = {
        "name": "湖畔开放日",
        "code": "lake-day",
        "kind": "event",
        "project": org.project_one.pk,
        "phase": "peak",
        "owner": owner.pk,
        "starts_on": "2026-05-01",
        "ends_on": "2026-05-31",
        "aim": "到访 200 组",
        "message": "湖景样板间开放",
        "budget": "30000",
        "expected_exposure": "100000",
        "expected_leads": "80",
        "expected_visits": "40",
        "expected_deals": "4",
        "ordered_by": "",
    }
    return given | more


def test_a_campaign_is_written_down_changed_and_found_by_its_code(client, org, marketer) -> None:
    made = client.post("/campaigns/add/", written(org, marketer))
    row = Campaign.objects.get()
    assert made["Location"] == f"/campaigns/{row.pk}/"
    assert (row.state, row.region, row.expected_leads) == ("draft", org.region_east, 80)
    assert campaign_of("lake-day") == row
    assert campaign_of("none") is None
    url = f"/campaigns/{row.pk}/edit/"
    base = client.get(url).context["form"].edit_base
    changed = written(org, marketer, name="湖畔夜游", budget="40000") | {"edit_base": base}
    assert client.post(url, changed).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.budget) == ("湖畔夜游", D(40000))
    page = client.get(f"/campaigns/{row.pk}/").content.decode()
    assert "湖景样板间开放" in page
    assert "湖畔夜游" in client.get("/campaigns/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "none"}, "code"),
        ({"code": "湖畔"}, "code"),
        ({"ends_on": "2026-04-30"}, "ends_on"),
        ({"is_unplanned": "on"}, "ordered_by"),
        ({"budget": "-1"}, "budget"),
        ({"name": ""}, "name"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(client, org, marketer, wrong, field) -> None:
    answer = client.post("/campaigns/add/", written(org, marketer, **wrong))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Campaign.objects.exists()


def test_two_campaigns_never_share_a_code(client, org, marketer) -> None:
    client.post("/campaigns/add/", written(org, marketer))
    again = client.post("/campaigns/add/", written(org, marketer))
    assert again.status_code == 422
    assert "code" in again.context["form"].errors


@pytest.mark.spec("MKT-04")
def test_a_no_of_the_check_blocks_approval_unless_a_reason_is_given(
    client, make_campaign, money, fill_in, chief
) -> None:
    row = make_campaign()
    url = f"/campaigns/{row.pk}/ask/"
    assert client.post(url, {"override": ""}).status_code == 409  # no check yet
    fill_in(row, EXECUTABILITY, q1="no", q3="no")
    asked = client.get(url)
    assert len(asked.context["against"]) == 2
    refused = client.post(url, {"override": " "})
    assert refused.status_code == 409
    assert asked.context["against"][0] in refused.content.decode()
    assert not Approval.objects.exists()
    assert client.post(url, {"override": "总经理会议已协调"}).status_code == 302
    approval = Approval.objects.get()
    assert approval.content["refused"] == asked.context["against"]
    row.refresh_from_db()
    assert row.override_reason == "总经理会议已协调"
    assert "总经理会议已协调" in client.get(f"/campaigns/{row.pk}/").content.decode()


def test_a_clean_check_needs_no_reason_and_the_latest_one_counts(
    make_campaign, money, fill_in, marketer, chief, now
) -> None:
    row = make_campaign()
    fill_in(row, EXECUTABILITY, q2="no")
    with pytest.raises(CampaignError):
        ask_approval(campaign=row, actor=marketer, now=now)
    fill_in(row, EXECUTABILITY)
    ask_approval(campaign=row, override="多余", actor=marketer, now=now)
    row.refresh_from_db()
    assert row.override_reason == ""


@pytest.mark.spec("MKT-19")
def test_an_unticked_principle_blocks_the_launch(client, approved, fill_in) -> None:
    row = approved()
    url = f"/campaigns/{row.pk}/launch/"
    assert client.post(url).status_code == 409  # none filled in
    for answers in ({"q4": "no"}, {"q1": "partly"}):
        fill_in(row, PRINCIPLES, **answers)
        assert client.post(url).status_code == 409
        row.refresh_from_db()
        assert row.state == "approved"
    fill_in(row, PRINCIPLES)
    assert client.post(url).status_code == 302
    row.refresh_from_db()
    assert row.state == "running"
    assert campaign_starts(timezone.now()) == {row.code: row.begun_on}


def test_other_parts_hold_a_launch_up_and_follow_it(approved, fill_in, marketer, now) -> None:
    row, seen = approved(), []
    fill_in(row, PRINCIPLES)
    hooks.register_launch_gate("test", lambda campaign, _now: "海报未审")
    hooks.register_follow_up("test", lambda campaign, state, _actor, _now: seen.append(state))
    try:
        with pytest.raises(CampaignError, match="海报未审"):
            life.launch(campaign=row, actor=marketer, now=now)
        hooks.register_launch_gate("test", lambda campaign, _now: None)
        life.launch(campaign=row, actor=marketer, now=now)
    finally:
        hooks.forget("test")
    assert seen == ["running"]


def test_a_large_campaign_is_signed_by_head_office_too(
    make_campaign, money, fill_in, marketer, chief, head, sign_all, company, now
) -> None:
    BudgetNode.objects.filter(pk=company.pk).update(amount=D(5_000_000))
    BudgetNode.objects.filter(pk=money.pk).update(amount=D(2_000_000))
    row = make_campaign(budget=D(500_000))
    fill_in(row, EXECUTABILITY)
    ask_approval(campaign=row, actor=marketer, now=now)
    assert sign_all(chief).state == "waiting"
    assert sign_all(head).state == "approved"
    row.refresh_from_db()
    assert row.state == "approved"


def test_a_campaign_that_asks_for_more_than_is_left_is_refused_with_what_is_left(
    client, make_campaign, money, fill_in, chief
) -> None:
    row = make_campaign(budget=D("200000.01"))
    fill_in(row, EXECUTABILITY)
    answer = client.post(f"/campaigns/{row.pk}/ask/", {"override": ""})
    assert answer.status_code == 409
    assert "200,000" in answer.content.decode()
    assert not Approval.objects.exists()


def test_approval_opens_the_budgets_of_campaign_and_channels(approved, money) -> None:
    row = approved(shares={"douyin": D(60), "walk_in": D("33.33"), "referral": D("6.67")})
    node = BudgetNode.objects.get(kind="campaign")
    assert (node.parent, node.amount, node.campaign, node.project_id) == (
        money,
        D(50_000),
        row,
        row.project_id,
    )
    held = dict(node.children.values_list("channel_code", "amount"))
    assert held == {"douyin": D(30000), "walk_in": D(16665), "referral": D(3335)}


def test_a_draft_that_is_asked_for_cannot_be_changed_until_it_is_withdrawn(
    client, org, make_campaign, money, fill_in, marketer, chief, now
) -> None:
    row = make_campaign()
    fill_in(row, EXECUTABILITY)
    ask_approval(campaign=row, actor=marketer, now=now)
    url = f"/campaigns/{row.pk}/edit/"
    base = client.get(url).context["form"].edit_base
    changed = written(org, marketer, code=row.code) | {"edit_base": base}
    assert client.post(url, changed).status_code == 409
    assert client.post(f"/campaigns/{row.pk}/withdraw/").status_code == 302
    row.refresh_from_db()
    assert row.approval_id is None
    assert client.post(url, changed).status_code == 302
    assert client.post(f"/campaigns/{row.pk}/withdraw/").status_code == 409
    with pytest.raises(CampaignError):
        take_back(campaign=row, actor=marketer, now=now)


def test_shares_of_the_mix_make_no_more_than_a_hundred(client, make_campaign) -> None:
    row = make_campaign()
    url = f"/campaigns/{row.pk}/mix/"
    one, two = [name for name in client.get(url).context["form"].fields if name != "was"][:2]
    over = {one: "60", two: "40.01", "was": ""}
    assert client.post(url, over).status_code == 422
    assert not row.channels.exists()
    assert client.post(url, over | {two: "30"}).status_code == 302
    assert sorted(row.channels.values_list("share", flat=True)) == [D(30), D(60)]
    assert client.post(url, {one: "100", "was": ""}).status_code == 409  # saw no mix
    shown = client.get(url).context["form"]["was"].value()
    assert client.post(url, {one: "100", "was": shown}).status_code == 302
    assert row.channels.get().share == D(100)


@pytest.mark.spec("MKT-21")
def test_an_ended_campaign_without_review_becomes_overdue(
    client_for, running, marketer, chief, now, on_day
) -> None:
    row = running(ends_on=date(2026, 5, 31))
    on_day(datetime(2026, 6, 1, 2, tzinfo=now.tzinfo))
    for _again in range(2):
        tend_campaigns()
    row.refresh_from_db()
    assert (row.state, row.over_on, row.review_due_on) == (
        "ended",
        date(2026, 5, 31),
        date(2026, 6, 15),
    )
    task = Task.objects.get(source="campaign-review")
    assert (task.owner, task.subject_url) == (marketer, row.get_absolute_url())
    assert client_for(marketer).get("/campaigns/?late=yes").context["rows"] == []
    on_day(datetime(2026, 6, 16, 2, tzinfo=now.tzinfo))
    client = client_for(marketer)
    for _again in range(2):
        tend_campaigns()
    shown = client.get("/campaigns/?late=yes")
    assert [one.campaign for one in shown.context["rows"]] == [row]
    assert shown.context["late"] == 1
    assert "light" in shown.content.decode() or "tag-red" in shown.content.decode()
    assert "tag-red" in client.get(f"/campaigns/{row.pk}/").content.decode()
    told = Message.objects.filter(kind="campaign.review_late")
    assert set(told.values_list("recipient", flat=True)) == {marketer.pk, chief.pk}
    assert told.count() == 2


@pytest.mark.spec("MKT-39")
def test_a_review_needs_a_piece_of_feedback_or_says_that_none_came(
    client, running, marketer, now, on_day
) -> None:
    on_day(now)
    row = running()
    loop, review = f"/campaigns/{row.pk}/loop/", f"/campaigns/{row.pk}/review/"
    said = {"kind": "message", "text": "湖景样板间开放", "at": "2026-05-16T09:00"}
    assert client.post(loop, said).status_code == 302
    future = said | {"at": "2026-05-21T09:00"}
    assert client.post(loop, future).status_code == 422
    client.post(f"/campaigns/{row.pk}/end/")
    judged = {"judgement": "到访达标", "lessons": "周末增派接待"}
    assert client.post(review, judged).status_code == 422
    message = LoopItem.objects.get()
    heard = {
        "kind": "feedback",
        "text": "停车难",
        "at": "2026-05-18T20:00",
        "answers": message.pk,
    }
    assert client.post(loop, heard).status_code == 302
    feedback = LoopItem.objects.get(kind="feedback")
    done = {"kind": "adjustment", "text": "加开接驳车", "at": "2026-05-19T09:00"}
    early = done | {"answers": feedback.pk, "at": "2026-05-17T09:00"}
    assert client.post(loop, early).status_code == 422  # an answer before what it answers
    assert client.post(loop, done | {"answers": feedback.pk}).status_code == 302
    lines = client.get(f"/campaigns/{row.pk}/").context["loop"]
    assert [(one.item.kind, one.days) for one in lines] == [
        ("message", None),
        ("feedback", 2),
        ("adjustment", 1),
    ]
    assert client.post(review, judged | {"has_no_feedback": "on"}).status_code == 422
    assert client.post(review, judged).status_code == 302
    row.refresh_from_db()
    assert row.state == "reviewed"
    assert Task.objects.get(source="campaign-review").state == "done"
    assert client.post(review, judged).status_code == 409


def test_a_review_without_feedback_says_so(client, running, marketer, now) -> None:
    row = life.end(campaign=running(), actor=marketer, now=now)
    answer = {"judgement": "无人反馈", "has_no_feedback": "on"}
    assert client.post(f"/campaigns/{row.pk}/review/", answer).status_code == 302
    assert CampaignReview.objects.get().has_no_feedback


def test_a_campaign_stops_for_a_reason_and_for_good(client, running) -> None:
    row = running()
    url = f"/campaigns/{row.pk}/stop/"
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "政策变化"}).status_code == 302
    assert client.post(url, {"reason": "再停"}).status_code == 409
    assert client.post(f"/campaigns/{row.pk}/end/").status_code == 409
    assert "政策变化" in client.get(f"/campaigns/{row.pk}/").content.decode()


def test_the_database_keeps_an_order_behind_what_was_not_planned(make_campaign) -> None:
    row = make_campaign()
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=row.pk).update(is_unplanned=True)


def test_campaigns_of_another_place_are_not_there(client_for, org, make_campaign) -> None:
    from tests.factories import UserFactory

    here = make_campaign()
    region_wide = make_campaign(code="region-wide", project=None)
    neighbour = UserFactory(role="marketing", node=org.project_two.node)
    far = UserFactory(role="marketing", node=org.project_three.node)
    assert client_for(neighbour).get(f"/campaigns/{here.pk}/").status_code == 404
    assert client_for(neighbour).get(f"/campaigns/{region_wide.pk}/").status_code == 200
    assert client_for(far).get(f"/campaigns/{region_wide.pk}/").status_code == 404
    agent = UserFactory(role="agent", node=org.region_east)
    assert client_for(agent).get("/campaigns/").status_code == 403


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_takes_as_many_statements_for_one_as_for_twenty(
    client, make_campaign, django_assert_max_num_queries, number
) -> None:
    for place in range(number):
        make_campaign(code=f"c{place}")
    client.get("/campaigns/")
    with django_assert_max_num_queries(24):
        shown = client.get("/campaigns/")
    assert len(shown.context["rows"]) == number


def test_the_page_of_a_campaign_takes_few_statements(
    client, running, marketer, now, django_assert_max_num_queries
) -> None:
    row = running()
    for place in range(20):
        at = now - timedelta(hours=place)
        life.note_loop(
            campaign=row,
            item=LoopItem(kind="feedback", text=f"反馈{place}", at=at),
            actor=marketer,
            now=now,
        )
    client.get(f"/campaigns/{row.pk}/")
    with django_assert_max_num_queries(32):
        assert client.get(f"/campaigns/{row.pk}/").status_code == 200
