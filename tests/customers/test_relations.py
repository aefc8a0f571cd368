"""Ties between customers, households and buyers counted once (CUS-37)."""

import pytest
from django.urls import reverse

from customers.models import Customer, CustomerRelation, Household
from customers.selectors.relations import buyers
from customers.services.households import (
    RelationRefusedError,
    add_relation,
    remove_relation,
)
from customers.services.merging import merge_customers
from customers.services.unmerging import unmerge
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def household(customer):
    return Customer.objects.get(pk=customer.pk).household_id


def url(customer):
    return reverse("customers:relation-list", args=[customer.pk])


def test_a_household_of_three_is_one_buyer_and_three_contacts(
    org, client_for, consultant, supervisor
):
    buyer = CustomerFactory(name="王浩然", owner=consultant)
    wife = CustomerFactory(name="李娜", owner=consultant)
    alone = CustomerFactory(name="赵六", owner=consultant)
    client = client_for(consultant)
    data = {"other": wife.pk, "kind": "spouse", "role": "decider"}
    assert client.post(url(buyer), data, headers=ENGLISH).status_code == 302
    new = {"name": "王建国", "phone": "13700137000", "kind": "parent", "role": "influencer"}
    assert client.post(url(buyer), new, headers=ENGLISH).status_code == 302
    father = Customer.objects.get(name="王建国")
    assert (father.phone, father.owner) == ("+8613700137000", consultant)
    assert household(buyer) == household(wife) == household(father) is not None
    seen = Customer.objects.visible_to(consultant)
    assert (buyers(seen), seen.count()) == (2, 4)
    assert household(alone) is None
    team = client_for(supervisor).get(reverse("customers:team"), headers=ENGLISH)
    assert team.context["team"].buyers.count == 2
    assert "a household counted once" in team.content.decode()
    page = client.get(url(buyer), headers=ENGLISH).content.decode()
    for text in ("李娜", "Spouse", "Decision maker", "王建国", "Parent", "Influencer"):
        assert text in page
    other_end = client.get(url(father), headers=ENGLISH).content.decode()
    assert "Child" in other_end
    assert "13700137000" not in client_for(supervisor).get(url(buyer)).content.decode()


def test_the_last_tie_leaves_and_two_households_become_one(org, consultant, now):
    a, b, c, d = CustomerFactory.create_batch(4, owner=consultant)
    first = add_relation(customer=a, other=b, kind="spouse", actor=consultant, now=now)
    add_relation(customer=c, other=d, kind="co_buyer", actor=consultant, now=now)
    assert household(a) != household(c)
    bridge = add_relation(customer=b, other=c, kind="child", actor=consultant, now=now)
    assert {household(each) for each in (a, b, c, d)} == {household(a)}
    assert Household.objects.count() == 1
    remove_relation(relation=bridge, actor=consultant, now=now)
    remove_relation(relation=first, actor=consultant, now=now)
    assert (household(a), household(b)) == (None, None)
    assert household(c) == household(d) is not None
    assert Household.objects.count() == 1


def test_a_referrer_or_friend_shares_no_household(org, consultant, now):
    a, b = CustomerFactory.create_batch(2, owner=consultant)
    add_relation(customer=a, other=b, kind="referrer", actor=consultant, now=now)
    assert (household(a), household(b), Household.objects.count()) == (None, None, 0)
    with pytest.raises(RelationRefusedError):
        add_relation(customer=a, other=b, kind="referrer", actor=consultant, now=now)
    with pytest.raises(RelationRefusedError):
        add_relation(customer=a, other=a, kind="spouse", actor=consultant, now=now)
    assert CustomerRelation.objects.count() == 1


def test_ties_follow_a_merge_and_its_undo(org, consultant, supervisor, now):
    kept, gone, wife = CustomerFactory.create_batch(3, owner=consultant)
    add_relation(customer=gone, other=wife, kind="spouse", actor=consultant, now=now)
    merge = merge_customers(kept=kept, gone=gone, actor=supervisor, now=now)
    assert household(kept) == household(wife) is not None
    assert household(gone) is None
    unmerge(merge=merge, actor=supervisor, now=now)
    assert household(gone) == household(wife) is not None
    assert household(kept) is None


def test_nobody_links_what_they_do_not_see(org, client_for, consultant, consultant_c, marketing):
    mine, foreign = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant_c)
    client = client_for(consultant)
    data = {"other": foreign.pk, "kind": "spouse"}
    assert client.post(url(mine), data, headers=ENGLISH).status_code == 422
    taken = {"name": "某人甲", "phone": foreign.phone, "kind": "friend"}
    answer = client.post(url(mine), taken, headers=ENGLISH)
    assert answer.status_code == 422
    assert "belongs to another customer" in answer.content.decode()
    assert foreign.name not in answer.content.decode()
    assert client.post(url(foreign), {"other": mine.pk, "kind": "spouse"}).status_code == 404
    friend = CustomerFactory(owner=consultant)
    data = {"other": friend.pk, "kind": "spouse"}
    assert client_for(marketing).post(url(mine), data).status_code == 403
    assert not CustomerRelation.objects.exists()
    assert Customer.objects.count() == 3
