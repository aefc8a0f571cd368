"""A customer offered to another project, with consent, split and history (CUS-53)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import StaleError
from crm_site.outbox.models import Message
from customers.models import Customer, CustomerShare, Lead
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from customers.services.sharing import accept_offer
from tests.conftest import make_user
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def customer(consultant, supervisor):
    made = CustomerFactory(owner=consultant, name="冯雪", phone="+8613800138000", layout="三室两厅")
    LeadFactory(customer=made)
    InteractionFactory(customer=made, content="想要江景")
    return made


def agree(customer, now, *, is_given=True):
    record_consent(
        customer=customer,
        purpose=Purpose.SHARING,
        is_given=is_given,
        channel=Channel.PHONE,
        actor=None,
        now=now,
    )


def offer(client, customer, project):
    url = reverse("customers:sharing", args=[customer.pk])
    return client.post(url, {"to_project": project.pk, "reason": "预算不合适"}, headers=ENGLISH)


@pytest.mark.spec("CUS-53")
def test_offered_with_consent_accepted_in_another_city_history_and_split_kept(
    org, customer, client_for, consultant, now
):
    taker = UserFactory(username="south", name="南区顾问", node=org.team_c)
    boss = UserFactory(role="supervisor", node=org.team_c)
    giver, there = client_for(consultant), client_for(taker)
    refused = offer(giver, customer, org.project_three)
    assert refused.status_code == 422
    assert "has not agreed to be shared" in refused.content.decode()
    assert CustomerShare.objects.count() == 0

    agree(customer, now)
    assert there.get(customer.get_absolute_url()).status_code == 404
    assert offer(giver, customer, org.project_three).status_code == 200
    share = CustomerShare.objects.get()
    assert (share.introduced_by, share.introducer_share, share.policy_version) == (
        consultant,
        Decimal(30),
        1,
    )
    told = Message.objects.get(kind="share.offered")
    assert told.recipient == boss
    page = there.get(reverse("customers:offers"), headers=ENGLISH).content.decode()
    assert "冯雪" in page
    assert "三室两厅" in page
    assert "13800138000" not in page
    assert there.get(customer.get_absolute_url()).status_code == 404  # an offer opens nothing

    answer = there.post(reverse("customers:offer-accept", args=[share.pk]), headers=ENGLISH)
    assert answer.status_code == 302
    share.refresh_from_db()
    assert (share.state, share.accepted_by, share.introducer_share) == (
        "accepted",
        taker,
        Decimal(30),
    )
    lead = Lead.objects.get(project=org.project_three)
    assert (lead.customer, lead.owner, lead.pk) == (customer, taker, share.lead_id)
    assert Lead.objects.filter(customer=customer).count() == 2
    record = there.get(customer.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "想要江景" in record
    assert "138" in record
    assert "0013 8000" in record.replace("\N{NO-BREAK SPACE}", " ") or "13800138000" in record
    assert Customer.objects.visible_to(taker).count() == 1
    mine = giver.get(customer.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "Accepted" in mine
    assert Customer.objects.get(pk=customer.pk).owner == consultant
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"customer.offered", "customer.share_accepted"} <= kinds
    assert Message.objects.get(kind="share.accepted").recipient == consultant


def test_the_second_to_accept_is_refused(org, customer, client_for, consultant, now):
    agree(customer, now)
    offer(client_for(consultant), customer, org.project_two)
    share = CustomerShare.objects.get()
    first, second = UserFactory(node=org.team_b), UserFactory(node=org.team_b)
    accept_offer(share=share, owner=first, actor=first, now=now)
    with pytest.raises(StaleError):
        accept_offer(share=share, owner=second, actor=second, now=now)
    assert CustomerShare.objects.get().accepted_by == first
    assert Lead.objects.filter(project=org.project_two).count() == 1


def test_consent_withdrawn_meanwhile_stops_it(org, customer, client_for, consultant, now):
    agree(customer, now)
    offer(client_for(consultant), customer, org.project_two)
    agree(customer, now, is_given=False)
    taker = make_user(org, "consultant_c")
    share = CustomerShare.objects.get()
    answer = client_for(taker).post(reverse("customers:offer-accept", args=[share.pk]))
    assert answer.status_code == 409
    assert CustomerShare.objects.get().state == "offered"
    assert Lead.objects.count() == 1


def test_declined_with_a_reason_and_withdrawn(org, customer, client_for, consultant, now):
    agree(customer, now)
    giver = client_for(consultant)
    offer(giver, customer, org.project_two)
    share = CustomerShare.objects.get()
    there = client_for(make_user(org, "consultant_c"))
    url = reverse("customers:offer-decline", args=[share.pk])
    assert there.post(url, headers=ENGLISH).status_code == 422
    assert CustomerShare.objects.get().state == "offered"
    assert there.post(url, {"reason": "客户只看地铁盘"}, headers=ENGLISH).status_code == 302
    assert CustomerShare.objects.get().state == "declined"
    assert Message.objects.get(kind="share.declined").params["reason"] == "客户只看地铁盘"
    again = offer(giver, customer, org.project_three)
    assert again.status_code == 200
    other = CustomerShare.objects.latest("pk")
    assert there.post(reverse("customers:offer-withdraw", args=[other.pk])).status_code == 404
    assert giver.post(reverse("customers:offer-withdraw", args=[other.pk])).status_code == 302
    assert CustomerShare.objects.latest("pk").state == "withdrawn"


def test_the_lead_of_the_other_project_stays_when_the_owner_changes(
    org, customer, client_for, consultant, consultant_b, supervisor, now
):
    from customers.services.ownership import assign_customer

    agree(customer, now)
    offer(client_for(consultant), customer, org.project_two)
    taker = UserFactory(node=org.team_b)
    accept_offer(share=CustomerShare.objects.get(), owner=taker, actor=taker, now=now)
    assign_customer(customer=customer, owner=consultant_b, actor=supervisor, reason="调岗", now=now)
    owners = dict(Lead.objects.values_list("project", "owner"))
    assert owners == {org.project_one.pk: consultant_b.pk, org.project_two.pk: taker.pk}


def test_others_see_no_offers_of_other_projects(org, customer, client_for, consultant, now):
    agree(customer, now)
    offer(client_for(consultant), customer, org.project_three)
    share = CustomerShare.objects.get()
    stranger = client_for(UserFactory(node=org.team_b))
    assert "冯雪" not in stranger.get(reverse("customers:offers")).content.decode()
    for name in ("offer-accept", "offer-decline", "offer-withdraw"):
        url = reverse(f"customers:{name}", args=[share.pk])
        assert stranger.post(url, {"reason": "不"}).status_code == 404
    assert CustomerShare.objects.get().state == "offered"
