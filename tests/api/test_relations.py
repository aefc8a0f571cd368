"""Ties and pairs of records over the API (CUS-37, BEY-01)."""

import pytest

from crm_site.audit.models import AuditEvent
from customers.indexes import contact_index
from customers.models import Customer, CustomerContact, CustomerRelation, DuplicateSuggestion, Merge
from customers.services.duplicates import find_duplicates
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"
ENGLISH = {"accept-language": "en"}


def ties_of(customer):
    return f"/api/v1/customers/{customer.pk}/relations/"


@pytest.fixture
def pair(org, consultant, now):
    both = []
    for city in ("杭州", "苏州"):
        row = CustomerFactory(name="王浩然", owner=consultant, city=city)
        index = contact_index("wechat", "wx_1")
        CustomerContact.objects.create(customer=row, kind="wechat", value="wx_1", value_index=index)
        both.append(row)
    find_duplicates(now=now)
    return DuplicateSuggestion.objects.get()


def test_a_tie_is_added_read_from_both_ends_and_taken_away(org, client_for, consultant):
    buyer, wife = CustomerFactory.create_batch(2, owner=consultant)
    client = client_for(consultant)
    data = {"other": wife.pk, "kind": "spouse", "role": "decider", "note": "常住上海"}
    answer = client.post(ties_of(buyer), data, content_type=JSON, headers=ENGLISH)
    assert answer.status_code == 201
    tie = CustomerRelation.objects.get()
    assert answer.json() == [
        {
            "id": tie.pk,
            "other": wife.pk,
            "other_name": wife.name,
            "label": "Spouse",
            "role": "Decision maker",
            "note": "常住上海",
            "is_household": True,
        }
    ]
    assert client.get(ties_of(wife)).json()[0]["other"] == buyer.pk
    assert client.post(ties_of(buyer), data, content_type=JSON).status_code == 409
    assert client.delete(f"{ties_of(wife)}{tie.pk}/").status_code == 204
    assert not CustomerRelation.objects.exists()
    assert AuditEvent.objects.filter(kind="customer.unrelated").count() == 1


def test_a_tie_to_somebody_out_of_scope_or_of_no_kind_is_refused(
    org, client_for, consultant, consultant_c, marketing
):
    mine, foreign = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant_c)
    friend, stranger = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant_c)
    client = client_for(consultant)
    for data, field in (
        ({"other": foreign.pk, "kind": "spouse"}, "other"),
        ({"other": friend.pk, "kind": "boss"}, "kind"),
    ):
        answer = client.post(ties_of(mine), data, content_type=JSON)
        assert answer.status_code == 400
        assert field in answer.content.decode()
    other = {"other": friend.pk, "kind": "friend"}
    assert client.post(ties_of(foreign), other, content_type=JSON).status_code == 404
    tie = CustomerRelation.objects.create(customer=foreign, other=stranger, kind="friend")
    assert client.delete(f"{ties_of(mine)}{tie.pk}/").status_code == 404
    assert client_for(marketing).post(ties_of(mine), other, content_type=JSON).status_code == 403
    assert CustomerRelation.objects.count() == 1


def test_a_pair_is_listed_with_masked_numbers_and_merged_by_choice(pair, client_for, supervisor):
    client = client_for(supervisor)
    answer = client.get("/api/v1/duplicates/")
    (row,) = answer.json()["results"]
    assert set(row) == {"id", "left", "right", "score", "reasons", "found_at"}
    assert set(row["left"]) == {"id", "name", "phone", "owner"}
    for side in (pair.left, pair.right):
        assert side.phone.removeprefix("+86") not in answer.content.decode().replace(" ", "")
    url = f"/api/v1/duplicates/{pair.pk}/merge/"
    wrong = {"kept": "left", "choices": {"password": "left"}}
    assert client.post(url, wrong, content_type=JSON).status_code == 400
    assert not Merge.objects.exists()
    data = {"kept": "left", "choices": {"city": "right"}, "reason": "同一人"}
    merged = client.post(url, data, content_type=JSON)
    assert (merged.status_code, merged.json()["id"]) == (200, pair.left_id)
    assert Customer.objects.get(pk=pair.left_id).city == "苏州"
    assert Merge.objects.get().reason == "同一人"
    assert client.post(url, data, content_type=JSON).status_code == 404
    assert client.get("/api/v1/duplicates/").json()["results"] == []


def test_a_pair_is_kept_apart_and_only_by_those_who_may(pair, client_for, supervisor, consultant):
    url = f"/api/v1/duplicates/{pair.pk}/different/"
    assert client_for(consultant).post(url).status_code == 403
    pair.refresh_from_db()
    assert pair.state == "open"
    assert client_for(supervisor).post(url).status_code == 204
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("different", supervisor)
