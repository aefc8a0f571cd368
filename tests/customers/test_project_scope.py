"""The project one looks at: chosen in the top bar, narrows the pages, their counts and exports."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from customers import exporting
from customers.models import BulkChange, Customer, Tag
from customers.selectors.project_scope import SESSION_KEY
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
URL = "/project/"
SWITCH, CHIP = 'id="project-scope"', 'id="project-chip"'
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def boss(client_for, executive):
    return client_for(executive)


@pytest.fixture
def world(org, consultant, consultant_c):
    """One customer with an owner and one in the pool for each of two projects of the region."""
    return {
        "one": CustomerFactory(owner=consultant, name="云栖客"),
        "two": CustomerFactory(owner=consultant_c, name="江南客"),
        "pool_one": CustomerFactory(project=org.project_one, region=org.region_east, name="云栖池"),
        "pool_two": CustomerFactory(project=org.project_two, region=org.region_east, name="江南池"),
    }


def look_at(client, project, **data):
    return client.post(URL, {"project": project.pk if project else "", **data})


def names(client, url):
    return {row.name for row in client.get(url).context["rows"]}


def test_who_sees_several_projects_may_choose_and_others_are_not_asked(
    client_for, cast, org, world
):
    several = {"agent", "service_manager", "finance", "executive", "head_office", "privacy"}
    for key, user in cast.items():
        page = client_for(user).get("/notifications/").content.decode()
        assert (SWITCH in page) == (key in several), key
    east = client_for(cast["executive"]).get("/notifications/").content.decode()
    assert "云栖里" in east
    assert "滨海湾" not in east


def test_a_choice_narrows_list_pool_and_board_and_the_page_says_so(boss, org, world):
    assert names(boss, "/customers/?view=all") == {each.name for each in world.values()}
    assert CHIP not in boss.get("/customers/?view=all").content.decode()
    answer = look_at(boss, org.project_one, next="/customers/?view=all")
    assert (answer.status_code, answer.url) == (302, "/customers/?view=all")
    page = boss.get("/customers/?view=all", headers=ENGLISH)
    assert {row.name for row in page.context["rows"]} == {"云栖客", "云栖池"}
    assert page.context["page"].count == 2
    assert CHIP in page.content.decode()
    assert "Only project <b>云栖里</b>" in page.content.decode()
    assert names(boss, "/pool/") == {"云栖池"}
    board = boss.get("/customers/board/").context["columns"]
    assert {card[0].name for _column, cards in board for card in cards} == {"云栖客", "云栖池"}
    for url in ("/pool/", "/customers/board/", "/team/", "/"):
        assert CHIP in boss.get(url).content.decode(), url
    look_at(boss, None)
    assert names(boss, "/customers/?view=all") == {each.name for each in world.values()}
    assert SESSION_KEY not in boss.session


def test_team_and_day_follow_and_their_figures_equal_their_lists(
    boss, org, executive, consultant_c, world
):
    soon = timezone.now() + timedelta(minutes=1)
    for customer in (world["one"], world["two"]):
        LeadFactory(customer=customer)
        TaskFactory(customer=customer, owner=executive, title=customer.name, due_at=soon)
    look_at(boss, org.project_two)
    team = boss.get("/team/").context["team"]
    assert [row.user_id for row in team.consultants] == [consultant_c.pk]
    assert team.unowned.count == len(names(boss, team.unowned.url)) == 1
    figure = team.consultants[0].customers
    assert figure.count == len(names(boss, figure.url)) == 1
    assert sum(stage.cases for stage in boss.get("/team/").context["stages"]) <= 1
    day = boss.get("/").context["day"]
    assert [row.customer_name for section in day.sections for row in section.rows] == ["江南客"]
    agenda = boss.get("/").context["side"].agenda
    assert [row.title for row in agenda if not row.is_now] == ["江南客"]


def test_bulk_changes_and_exports_mean_the_rows_that_were_seen(boss, org, executive, world):
    tag = Tag.objects.create(name="学区", group="need", owner=executive)
    look_at(boss, org.project_one)
    page = boss.get("/customers/?view=all").context
    query = QueryDict(page["meant"])
    assert query["within"] == str(org.project_one.pk)
    assert {row.name for row in exporting.select(executive, query)} == {"云栖客", "云栖池"}
    words = exporting.filters_in_words(executive, query)
    assert words == [("仅看项目", "云栖里")]
    look_at(boss, org.project_two)  # in another window meanwhile
    data = {"action": "add_tag", "all": "1", "query": page["meant"], "tag": tag.pk}
    assert boss.post("/customers/bulk/", data | {"idempotency_key": "k"}).status_code == 302
    items = BulkChange.objects.get().items.values_list("customer__name", flat=True)
    assert set(items) == {"云栖客", "云栖池"}


def test_the_record_is_reached_from_every_project_and_leads_back_to_the_list(boss, org, world):
    look_at(boss, org.project_one)
    row = boss.get("/customers/?view=all&order=name").context["rows"][0]
    page = boss.get(row.url)
    assert page.status_code == 200
    back = page.context["neighbours"]
    assert "within" not in back.list_url
    beside = {url.split("?")[0] for url in (back.previous_url, back.next_url) if url}
    assert len(beside) == 1
    assert boss.get(f"/customers/{world['two'].pk}/").status_code == 200


def test_no_project_out_of_scope_can_be_chosen_and_none_widens_what_is_seen(
    boss, client_for, org, consultant, world
):
    assert look_at(boss, org.project_three).status_code == 404
    assert boss.post(URL, {"project": "x"}).status_code == 404
    assert SESSION_KEY not in boss.session
    client = client_for(consultant)
    assert look_at(client, org.project_two).status_code == 404
    assert names(client, f"/customers/?view=all&within={org.project_two.pk}") == {
        "云栖客",
        "云栖池",
    }
    other = look_at(boss, org.project_one, next="https://elsewhere.example/")
    assert other.url == "/"


def test_a_choice_that_left_the_scope_counts_no_more(boss, org, executive, world):
    look_at(boss, org.project_one)
    executive.node = org.region_south
    executive.save()
    assert CHIP not in boss.get("/customers/?view=all").content.decode()
    assert Customer.objects.visible_to(executive).count() == 0
