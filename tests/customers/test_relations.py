"""Ties between customers, households and buyers counted once (CUS-37)."""

import pytest
from django.urls import reverse

from customers.models import Customer, CustomerRelation, Household
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.selectors.relations import buyers
from customers.services.consents import record_consent
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


@pytest.mark.spec("CUS-37")
def test_a_household_is_one_buyer_in_the_figures_and_three_people_who_consent(
    org, client_for, consultant, consultant_c, supervisor, now
):
    buyer = CustomerFactory(name="王浩然", owner=consultant)
    wife = CustomerFactory(name="李娜", owner=consultant)
    father = CustomerFactory(name="王建国", owner=consultant)
    for other, kind in ((wife, "spouse"), (father, "parent")):
        add_relation(customer=buyer, other=other, kind=kind, actor=consultant, now=now)
    said = ((buyer, True), (wife, False))
    for person, is_given in said:
        record_consent(
            customer=person,
            purpose=Purpose.MARKETING,
            is_given=is_given,
            channel=Channel.PHONE,
            actor=consultant,
            now=now,
        )
    record_consent(
        customer=buyer,
        purpose=Purpose.CONTACT,
        is_given=True,
        channel=Channel.PHONE,
        actor=consultant,
        now=now,
    )
    client = client_for(supervisor)
    team = client.get(reverse("customers:team"), headers=ENGLISH)
    assert team.context["team"].buyers.count == 1
    listed = client.get(reverse("customers:customer-list"), headers=ENGLISH)
    assert len(listed.context["rows"]) == 3
    answer = client.get(url(father), headers=ENGLISH)
    assert [(each.customer.name, each.standings[:2]) for each in answer.context["members"]] == [
        ("王浩然", ["given", "given"]),
        ("李娜", ["never_asked", "withdrawn"]),
        ("王建国", ["never_asked", "never_asked"]),
    ]
    page = answer.content.decode()
    table = page[page.index('id="household"') :]
    for text in ("王浩然", "李娜", "王建国", "Agreed", "Withdrawn", "Not asked"):
        assert text in table
    # a member of another team is neither shown nor counted here
    CustomerFactory(name="外人", owner=consultant_c, household=Household.objects.get())
    again = client.get(url(father), headers=ENGLISH)
    assert len(again.context["members"]) == 3
    assert "外人" not in again.content.decode()


def test_the_consents_of_a_household_take_as_many_queries_for_any_size(
    org, client_for, consultant, now, django_assert_max_num_queries
):
    first, *others = CustomerFactory.create_batch(8, owner=consultant)
    client, counts = client_for(consultant), []
    for other in others:
        add_relation(customer=first, other=other, kind="child", actor=consultant, now=now)
        with django_assert_max_num_queries(60) as seen:
            client.get(url(first))
        counts.append(len(seen))
    assert counts[1] == counts[-1]


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
