"""Ranked wishes, and how they rank what the projects offer (CUS-31)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from crm_site.policies.errors import ShapeError
from crm_site.policies.registry import policy_kind
from crm_site.policies.services import approve, propose, submit
from customers.models import Preference
from customers.offers_policy import OFFERS
from customers.rules.unit_match import DEFAULT_WEIGHTS, Unit, Wish, Wishes, match_unit, rank_share
from tests.customers.test_query_counts import statements
from tests.factories import CustomerFactory

ENGLISH = {"accept-language": "en"}
JSON = "application/json"
HOMES = [
    {
        "project": "yunqili",
        "name": "A1",
        "layout": "三居",
        "area": 98,
        "price_wan": 280,
        "style": "现代",
        "amenities": ["school", "transit"],
    },
    {
        "project": "jiangnanli",
        "name": "B2",
        "layout": "bed2",
        "area": 75,
        "price_wan": 180,
        "style": "nordic",
        "amenities": ["parking"],
    },
]


@pytest.fixture
def offers(executive, head_office, now):
    draft = propose(
        key=OFFERS,
        payload={"weights": DEFAULT_WEIGHTS, "offers": HOMES},
        valid_from=None,
        reason="开盘",
        author=executive,
        now=now,
    )
    submit(version_id=draft.pk, author=executive, now=now)
    return approve(version_id=draft.pk, approver=head_office, now=now)


@pytest.fixture
def customer(consultant):
    return CustomerFactory(owner=consultant)


@pytest.fixture
def client(consultant, client_for):
    return client_for(consultant)


def add(client, customer, wish, **data):
    return client.post(
        reverse("customers:preference-add", args=[customer.pk, wish]), data, headers=ENGLISH
    )


def step(client, customer, wish, value, direction):
    return client.post(
        reverse("customers:preference-step", args=[customer.pk, wish]),
        {"value": value, "step": direction},
    )


def ranked(customer, wish):
    rows = Preference.objects.filter(customer=customer, kind=wish).order_by("rank")
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
    return [row.value for row in rows]


def tab(client, customer):
    return client.get(
        reverse("customers:customer-preferences", args=[customer.pk]), headers=ENGLISH
    )


@pytest.mark.spec("CUS-31")
def test_the_match_follows_the_preferences_and_a_change_alters_the_ranking(
    offers, client, customer
):
    assert tab(client, customer).context["offers"] == []
    for value in ("bed3", "bed2"):
        assert add(client, customer, "layout", value=value).status_code == 302
    page = tab(client, customer)
    names = [(item.offer.name, item.match.score) for item in page.context["offers"]]
    assert names == [("A1", Decimal(100)), ("B2", Decimal(75))]
    assert page.content.decode().index("云栖里 · A1") < page.content.decode().index("江南里 · B2")
    assert step(client, customer, "layout", "bed2", "up").status_code == 302
    names = [(i.offer.name, i.match.score) for i in tab(client, customer).context["offers"]]
    assert names == [("B2", Decimal(100)), ("A1", Decimal(75))]
    add(client, customer, "price_band", value="200_300")
    add(client, customer, "amenity", value="school")
    best = tab(client, customer).context["offers"][0]
    assert best.offer.name == "A1"
    reasons = {reason.wish: reason.points for reason in best.match.reasons}
    assert set(reasons) == {Wish.LAYOUT, Wish.PRICE, Wish.AMENITY}
    assert sum(reasons.values()) == best.match.score


@pytest.mark.spec("CUS-31")
def test_several_ranked_values_per_list_added_moved_and_removed(client, customer):
    for kind, value in (("style", "modern"), ("service", "escort"), ("price_band", "200_300")):
        assert add(client, customer, kind, value=value).status_code == 302
        assert ranked(customer, kind) == [value]
    for value in ("school", "transit", "parking"):
        add(client, customer, "amenity", value=value)
    add(client, customer, "amenity", own="带宠物乐园")
    add(client, customer, "amenity", own="地铁公交")
    assert ranked(customer, "amenity")[:4] == ["school", "transit", "parking", "带宠物乐园"]
    step(client, customer, "amenity", "parking", "up")
    step(client, customer, "amenity", "school", "up")
    assert ranked(customer, "amenity")[:3] == ["school", "parking", "transit"]
    step(client, customer, "amenity", "school", "down")
    assert ranked(customer, "amenity")[:3] == ["parking", "school", "transit"]
    step(client, customer, "amenity", "parking", "remove")
    step(client, customer, "amenity", "parking", "remove")
    assert ranked(customer, "amenity")[:2] == ["school", "transit"]
    page = tab(client, customer).content.decode()
    assert "Move Metro and bus up" in page
    assert 'value="up" disabled' in page.replace("\n", "")


def test_wrong_input_is_refused_and_nothing_is_written(client, client_for, customer, marketing):
    assert add(client, customer, "style").status_code == 422
    assert add(client, customer, "style", own="x" * 61).status_code == 422
    assert add(client, customer, "style", value="baroque").status_code == 422
    assert step(client, customer, "style", "modern", "sideways").status_code == 422
    assert client.post(f"/customers/{customer.pk}/preferences/colour/add/").status_code == 404
    assert add(client_for(marketing), customer, "style", value="modern").status_code == 403
    assert "preference-add" not in tab(client_for(marketing), customer).content.decode()
    assert Preference.objects.count() == 0


def test_the_api_sets_the_list_of_a_kind_in_one_go(client, customer, org):
    path = f"/api/v1/customers/{customer.pk}/preferences/"

    def put(kind, *values):
        return client.put(path, {"kind": kind, "values": values}, content_type=JSON)

    answer = put("layout", "三居", "两居")
    assert answer.status_code == 200
    assert [(row["value"], row["rank"]) for row in answer.json()] == [("bed3", 1), ("bed2", 2)]
    first = Preference.objects.get(value="bed3")
    assert put("layout", "bed2", "bed3", "bed4").status_code == 200
    assert ranked(customer, "layout") == ["bed2", "bed3", "bed4"]
    assert Preference.objects.get(value="bed3").pk == first.pk
    for values in (["bed2", "两居"], [""], [f"v{n}" for n in range(11)], ["x" * 61]):
        assert put("layout", *values).status_code == 400
    assert put("colour", "red").status_code == 400
    assert ranked(customer, "layout") == ["bed2", "bed3", "bed4"]
    assert put("layout").json() == []


def test_the_tab_costs_the_same_for_one_wish_and_for_twenty(offers, client, customer):
    path = reverse("customers:customer-preferences", args=[customer.pk])
    add(client, customer, "layout", value="bed3")
    few = statements(client, path)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    part = statements(client, path)
    for place in range(9):
        add(client, customer, "amenity", own=f"愿望{place}")
        add(client, customer, "style", own=f"风格{place}")
    assert len(statements(client, path)) == len(part) <= 15
    del client.defaults["HTTP_HX_REQUEST"]
    assert len(statements(client, path)) == len(few) <= len(part) + 15  # the record around it


def test_an_offer_without_a_name_or_weights_that_do_not_add_up_are_refused():
    kind = policy_kind(OFFERS)
    with pytest.raises(ShapeError) as refused:
        kind.read({"weights": DEFAULT_WEIGHTS, "offers": [HOMES[0] | {"name": " "}]})
    assert list(refused.value.errors) == ["offers.0.name"]
    with pytest.raises(ShapeError) as refused:
        kind.read({"weights": DEFAULT_WEIGHTS | {"price": 31}, "offers": []})
    assert list(refused.value.errors) == ["weights"]
    with pytest.raises(ShapeError) as refused:
        kind.read({"weights": DEFAULT_WEIGHTS, "offers": [HOMES[0], HOMES[0]]})
    assert list(refused.value.errors) == ["offers.1.name"]


UNIT = Unit(layout="bed3", price=Decimal(2_800_000), area=Decimal(98), style="modern")


@pytest.mark.parametrize(
    ("wishes", "score"),
    [
        (Wishes(), 0),
        (Wishes(layouts=["bed3"]), 100),
        (Wishes(layouts=["bed2", "bed3"]), 75),
        (Wishes(layouts=["villa"]), 0),
        (Wishes(price_bands=[(Decimal(2_000_000), Decimal(3_000_000))]), 100),
        (Wishes(price_bands=[(None, Decimal(2_700_000))]), 50),
        (Wishes(price_bands=[(None, Decimal(1_000_000))]), 0),
        (Wishes(area=(Decimal(90), Decimal(100))), 100),
        (Wishes(area=(Decimal(105), None)), 50),
        (Wishes(styles=["chinese", "modern"]), 75),
        (Wishes(amenities=["school"]), 0),
    ],
)
def test_scores_by_hand(wishes, score):
    match = match_unit(UNIT, wishes, weights=DEFAULT_WEIGHTS)
    assert match.score == score
    assert sum(reason.most for reason in match.reasons) in (0, 100)


def test_ranks_earn_less_the_further_down_and_amenities_count_by_rank():
    assert [rank_share(rank) for rank in range(1, 7)] == [
        *(Decimal(1), Decimal("0.75"), Decimal("0.5"), Decimal("0.25")),
        *(Decimal("0.25"), Decimal("0.25")),
    ]
    unit = Unit(amenities=frozenset({"school"}))
    wishes = Wishes(amenities=["school", "park"])
    assert match_unit(unit, wishes, weights=DEFAULT_WEIGHTS).score == Decimal("57.1")
