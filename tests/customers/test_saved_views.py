"""Saved views of the customer list, its columns, and the way from record to record (B4, B5)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.common.models import DefaultView, SavedView
from customers.models import CustomerTag, Tag
from tests.factories import NOW, CustomerFactory, TaskFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
LIST = "/customers/"


@pytest.fixture
def client(client_for, consultant):
    return client_for(consultant)


def add(client, name="重点", audience="own", query="view=all&customer_class=intent", **more):
    data = {"name": name, "audience": audience, "query": query, "columns": "owner,tags,phase"}
    headers = more.pop("headers", {})
    return client.post("/views/customers/add/", data | more, headers=headers)


def heads(page):
    """Return the column heads of the table, in order."""
    head = page.split("<thead")[1].split("</thead>")[0]
    cells = [cell.split("</th>")[0].split(">", 1)[1] for cell in head.split("<th ")[1:]]
    return [part for part in (text.replace("\n", "") for text in cells) if "<" not in part]


@pytest.mark.check("B-32")
def test_a_view_with_its_columns_survives_logout_and_another_device(client, client_for, consultant):
    CustomerFactory(name="赵一", owner=consultant, customer_class="intent")
    CustomerFactory(name="钱二", owner=consultant, customer_class="potential")
    answer = add(client)
    view = SavedView.objects.get()
    assert answer.headers["Location"] == f"/customers/?view=v{view.pk}&customer_class=intent"
    assert client.post(f"/views/{view.pk}/default/", {"on": "1"}).status_code == 302
    client.post("/accounts/logout/")
    other = client_for(consultant)
    opened = other.get(LIST, headers=ENGLISH)
    assert opened.headers["Location"] == answer.headers["Location"]
    page = other.get(opened.headers["Location"], headers=ENGLISH).content.decode()
    assert "赵一" in page
    assert "钱二" not in page
    assert heads(page) == ["Consultant", "Tags", "Lifecycle phase"]
    assert "has unsaved changes" not in page


def test_a_changed_view_shows_a_dot_and_is_saved_again(client, consultant):
    CustomerFactory(owner=consultant, customer_class="intent")
    add(client)
    view = SavedView.objects.get()
    url = f"{LIST}?view=v{view.pk}&customer_class=intent&order=name&cols=owner,evil,grade"
    page = client.get(url, headers=ENGLISH).content.decode()
    assert "has unsaved changes" in page
    assert heads(page) == ["Consultant", "Grade"]
    query = "customer_class=intent&order=name&q=13800138000&view=v1"
    saved = client.post(f"/views/{view.pk}/save/", {"query": query, "columns": "owner,evil"})
    assert saved.status_code == 302
    view.refresh_from_db()
    assert (view.query, view.columns) == ("customer_class=intent&order=name", ["owner"])


def test_views_for_the_team_and_from_managers_are_seen_where_they_should(
    client, client_for, consultant, consultant_b, consultant_c, supervisor, executive
):
    assert add(client, "一组", "team").status_code == 302
    assert add(client, "越权", "promoted").status_code == 422
    assert add(client_for(executive), "区域", "promoted").status_code == 302
    assert add(client_for(supervisor), "组长", "promoted").status_code == 302

    def seen(user):
        return {view.name for view in SavedView.objects.visible_to(user)}

    assert seen(consultant_b) == {"一组", "区域", "组长"}
    assert seen(consultant_c) == {"区域"}
    mine = SavedView.objects.get(name="一组")
    other = client_for(consultant_b)
    assert other.post(f"/views/{mine.pk}/save/", {"query": ""}).status_code == 403
    assert other.post(f"/views/{mine.pk}/delete/").status_code == 403
    assert client_for(consultant_c).post(f"/views/{mine.pk}/default/").status_code == 404
    assert SavedView.objects.get(name="一组").query == "customer_class=intent"


def test_renaming_and_deleting_and_names_taken(client):
    add(client, "一")
    add(client, "二")
    first = SavedView.objects.get(name="一")
    change = f"/views/{first.pk}/change/"
    assert client.post(change, {"name": "二", "audience": "own"}).status_code == 422
    assert client.post(change, {"name": "三", "audience": "team"}).status_code == 302
    assert client.get("/views/customers/").status_code == 200
    assert client.post(f"/views/{first.pk}/default/", {"on": "1"}).status_code == 302
    assert client.post(f"/views/{first.pk}/delete/").status_code == 302
    assert list(SavedView.objects.values_list("name", flat=True)) == ["二"]
    assert DefaultView.objects.count() == 0


def test_a_view_with_the_usual_columns_takes_another_name(client, consultant):
    view = SavedView.objects.create(owner=consultant, list_key="customers", name="旧")
    sent = {"name": "新", "audience": "own"}
    assert client.post(f"/views/{view.pk}/change/", sent).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.columns) == ("新", [])


@pytest.mark.check("A-26")
def test_filters_too_long_to_keep_are_refused_in_words(client, consultant):
    """A sign of two bytes and more grows when it is written into an address."""
    long = f"source={'满' * 900}"
    page = add(client, query=long, headers=ENGLISH)
    assert page.status_code == 422
    assert "The filters are too long to keep." in page.content.decode()
    assert not SavedView.objects.exists()
    add(client)
    view = SavedView.objects.get()
    sent = {"query": long, "columns": "owner"}
    page = client.post(f"/views/{view.pk}/save/", sent, headers=ENGLISH)
    assert page.status_code == 409
    assert "Choose fewer and save again." in page.content.decode()
    kept = SavedView.objects.get()
    assert (kept.query, kept.columns) == (view.query, view.columns)


def test_columns_are_chosen_and_ordered_without_scripts(client):
    data = {"column": ["owner", "tags", "evil"], "place_owner": "2", "place_tags": "1"}
    answer = client.post("/views/customers/columns/", data | {"query": "view=all&after=x"})
    assert answer.headers["Location"] == "/customers/?view=all&cols=tags,owner"


def test_all_columns_cost_the_same_for_one_row_and_for_twenty(client, consultant, supervisor):
    tag = Tag.objects.create(name="学区", group="need", owner=supervisor)
    url = f"{LIST}?view=all&cols=grade,class,stage,phase,activity,tags,next,owner,project"
    counts = []
    for number in (1, 19):
        for customer in CustomerFactory.create_batch(number, owner=consultant):
            CustomerTag.objects.create(customer=customer, tag=tag, at=NOW)
            TaskFactory(customer=customer, owner=consultant)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url).content.decode()
        counts.append(len(captured))
    assert page.count("学区") >= 20
    assert counts[0] == counts[1] <= 11


def test_from_record_to_record_in_the_order_of_the_list(client, consultant):
    one, two, three = (CustomerFactory(name=name, owner=consultant) for name in "甲乙丙")
    CustomerFactory(name="丁", owner=consultant, customer_class="intent")
    place = "view=all&customer_class=potential"
    page = client.get(f"{LIST}?{place}").content.decode()
    assert f"{two.get_absolute_url()}?in=view%3Dall%26customer_class%3Dpotential" in page
    record = client.get(two.get_absolute_url(), {"in": place}).content.decode()
    assert f'rel="prev" href="{three.get_absolute_url()}?in=' in record
    assert f'rel="next" href="{one.get_absolute_url()}?in=' in record
    first = client.get(three.get_absolute_url(), {"in": place}).content.decode()
    assert 'rel="prev"' not in first
    two.customer_class = "intent"
    two.save()
    left = client.get(two.get_absolute_url(), {"in": place}).content.decode()
    assert f'rel="next" href="{one.get_absolute_url()}?in=' in left


def test_a_record_opened_elsewhere_or_by_phone_has_no_neighbours(client, consultant):
    customer = CustomerFactory(owner=consultant, phone="+8613800138000")
    for place in ("", "grade=Z", "q=13800138000", "q=8000"):
        page = client.get(customer.get_absolute_url(), {"in": place}).content.decode()
        assert "rec-pos" not in page
