"""Two records made one and two again, through pages and the service (BEY-01, CUS-06)."""

import threading

import pytest
from django.db import close_old_connections
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from customers.models import (
    Customer,
    CustomerContact,
    CustomerTag,
    DuplicateSuggestion,
    FieldEvent,
    IntentRegistration,
    Interaction,
    Lead,
    Merge,
    Tag,
    Task,
)
from customers.services.customers import update_customer
from customers.services.merging import MergedMeanwhileError, merge_customers
from customers.services.moving_rows import STAYING, link_name, links
from customers.services.unmerging import UnmergeConflictError, unmerge
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
MOVING = {
    "marketing.LeadIntake.customer",
    "marketing.CommunityMember.customer",
    "marketing.CommunityQuestion.customer",
    "marketing.OwnerPost.customer",
    "marketing.PublicStory.customer",
    "marketing.HousingSpend.customer",
    "marketing.InfoSend.customer",
    "marketing.Opportunity.customer",
    "marketing.Recommendation.customer",
    "marketing.SegmentPick.customer",
    "marketing.ServiceUse.customer",
    "marketing.SnapshotMember.customer",
    "analytics.ChurnLoss.customer",
    "analytics.ChurnScoreChange.customer",
    "analytics.ChurnAlert.customer",
    "analytics.ServiceUpgrade.customer",
    "analytics.WinbackCase.customer",
    "analytics.CostPool.customer",
    "analytics.CostShare.customer",
    "analytics.CustomerIncome.customer",
    "customers.ClaimCase.customer",
    "customers.ClaimEvent.customer",
    "customers.BulkChangeItem.customer",
    "customers.BehaviourEvent.customer",
    "customers.ChannelOptOut.customer",
    "customers.ClassEvent.customer",
    "customers.ConsentEvent.customer",
    "customers.Customer.referrer",
    "customers.CustomerContact.customer",
    "customers.CustomerRelation.customer",
    "customers.CustomerRelation.other",
    "customers.CustomerShare.customer",
    "customers.CustomerTag.customer",
    "customers.DiscountRequest.customer",
    "customers.FieldEvent.customer",
    "customers.GradeEvent.customer",
    "customers.IntentRegistration.customer",
    "customers.Interaction.customer",
    "customers.Lead.customer",
    "customers.MeetingGuest.customer",
    "customers.NewsTelling.customer",
    "customers.OwnershipEvent.customer",
    "customers.PhaseEvent.customer",
    "customers.PoolWarning.customer",
    "customers.StageEvent.customer",
    "customers.PlaybookRun.customer",
    "customers.Preference.customer",
    "customers.PriceLetter.customer",
    "customers.Purchase.customer",
    "customers.PurchaseParty.customer",
    "customers.SourceEvent.customer",
    "customers.Task.customer",
    "customers.ToldItem.customer",
    "customers.UpkeepPlan.customer",
    "marketing.Touch.customer",
    "marketing.Coupon.customer",
    "marketing.GroupBuyer.customer",
    "marketing.PromotionUse.customer",
    "marketing.SheetSending.customer",
    "marketing.DepthInterview.customer",
    "marketing.ThirdPartyResult.customer",
    "service.CareGift.customer",
    "service.CareGreeting.customer",
    "service.CareItem.customer",
    "service.CareOccasion.customer",
    "service.DeskCall.customer",
    "service.DeskMessage.customer",
    "service.EventSignUp.customer",
    "service.Feedback.customer",
    "service.InfoQuery.customer",
    "service.ServiceOrder.customer",
    "service.Story.customer",
    "service.SurveyInvitation.customer",
    "service.SurveyResponse.customer",
    "service.Ticket.customer",
    "marketing.Assignment.customer",
    "marketing.BatchMessage.customer",
    "marketing.FlowRun.customer",
    "marketing.Reply.customer",
}


@pytest.fixture
def pair(org, consultant, supervisor):
    kept = CustomerFactory(name="王浩然", owner=consultant, phone="+8613800138000", city="杭州")
    gone = CustomerFactory(name="王昊然", owner=consultant, phone="+8613900139000", district="滨江")
    return kept, gone


def fresh(customer):
    return Customer.objects.get(pk=customer.pk)


def suggest(kept, gone, now):
    return DuplicateSuggestion.objects.create(
        left=kept, right=gone, score="0.90", reasons=[["same_wechat", "0.65"]], found_at=now
    )


def test_every_link_to_a_customer_is_known_to_move_or_to_stay():
    assert {link_name(model, field) for model, field in links()} == MOVING | STAYING


@pytest.mark.spec("BEY-01")
@pytest.mark.spec("CUS-06")
def test_a_merge_through_the_pages_moves_everything_and_its_undo_restores_both(
    pair, client_for, supervisor, consultant, now
):
    kept, gone = pair
    lead, task = LeadFactory(customer=gone), TaskFactory(customer=gone)
    talk = InteractionFactory(customer=gone, author=consultant)
    suggestion = suggest(kept, gone, now)
    client = client_for(supervisor)
    queue = client.get(reverse("customers:duplicate-list"), headers=ENGLISH).content.decode()
    assert "王昊然" in queue
    assert "90%" in queue
    assert "Same WeChat" in queue
    page = client.get(reverse("customers:duplicate-detail", args=[suggestion.pk]), headers=ENGLISH)
    text = page.content.decode()
    assert "13800138000" not in text
    assert 'name="f_name" value="right" checked' in text  # the newer value
    url = reverse("customers:duplicate-merge", args=[suggestion.pk])
    data = {"kept": "left", "f_name": "left", "f_phone": "right", "reason": "同一微信"}
    assert client.post(url, data, headers=ENGLISH).status_code == 302
    one, other = fresh(kept), fresh(gone)
    assert (one.name, one.phone, one.city, one.district) == (
        "王浩然", "+8613900139000", "杭州", "滨江",
    )  # fmt: skip
    assert (other.merged_into_id, other.phone, other.phone_index) == (kept.pk, None, None)
    for model, row in ((Lead, lead), (Task, task), (Interaction, talk)):
        assert model.objects.get(pk=row.pk).customer_id == kept.pk
    contact = CustomerContact.objects.get(customer=kept)
    assert (contact.kind, contact.value) == ("phone", "+8613800138000")
    events = {e.field: (e.old_value, e.new_value) for e in FieldEvent.objects.all()}
    assert events["name"] == ("王昊然", "王浩然")
    assert events["phone"] == ("+8613800138000", "+8613900139000")
    assert events["district"] == (None, "滨江")
    answer = client.get(reverse("customers:customer-detail", args=[gone.pk]))
    assert (answer.status_code, answer.url) == (302, kept.get_absolute_url())
    merge = Merge.objects.get()
    record = client.get(kept.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "Merged with the record of 王昊然" in record
    assert f'href="/merges/{merge.pk}/"' in record
    assert (
        "Take the merge back"
        in client.get(f"/merges/{merge.pk}/", headers=ENGLISH).content.decode()
    )
    assert client.post(f"/merges/{merge.pk}/undo/").status_code == 302
    one, other = fresh(kept), fresh(gone)
    assert (one.name, one.phone, one.city, one.district) == ("王浩然", "+8613800138000", "杭州", "")
    assert bytes(one.phone_index) == bytes(kept.phone_index)
    assert (other.name, other.phone, other.merged_into_id) == ("王昊然", "+8613900139000", None)
    for model, row in ((Lead, lead), (Task, task), (Interaction, talk)):
        assert model.objects.get(pk=row.pk).customer_id == gone.pk
    assert not CustomerContact.objects.exists()
    assert client.post(f"/merges/{merge.pk}/undo/").status_code == 409
    kinds = list(AuditEvent.objects.filter(kind__contains="merged").values_list("kind", flat=True))
    assert sorted(kinds) == ["customer.merged", "customer.unmerged"]
    assert DuplicateSuggestion.objects.get().state == "different"


def test_a_field_edited_after_the_merge_is_asked_about(pair, client_for, supervisor, now):
    kept, gone = pair
    merge = merge_customers(kept=kept, gone=gone, actor=supervisor, now=now)
    standing = fresh(kept)
    assert standing.district == "滨江"
    update_customer(
        customer=standing,
        changes={"district": "西湖"},
        version=standing.version,
        actor=None,
        now=now,
    )
    with pytest.raises(UnmergeConflictError) as refused:
        unmerge(merge=merge, actor=supervisor, now=now)
    assert [(c.field, c.before, c.now) for c in refused.value.conflicts] == [
        ("district", "", "西湖")
    ]
    assert fresh(gone).merged_into_id == kept.pk
    client = client_for(supervisor)
    answer = client.post(f"/merges/{merge.pk}/undo/", headers=ENGLISH)
    assert answer.status_code == 409
    assert "西湖" in answer.content.decode()
    assert fresh(gone).merged_into_id == kept.pk
    assert client.post(f"/merges/{merge.pk}/undo/", {"district": "now"}).status_code == 302
    assert (fresh(kept).district, fresh(kept).name) == ("西湖", "王浩然")
    assert fresh(gone).merged_into_id is None


def test_rows_both_have_stay_and_wishes_are_numbered_anew(pair, now, supervisor):
    kept, gone = pair
    tag, other = (Tag.objects.create(name=name, owner=supervisor) for name in "一二")
    for customer, put in ((kept, tag), (gone, tag), (gone, other)):
        CustomerTag.objects.create(customer=customer, tag=put, at=now)
    first = IntentRegistration.objects.create(customer=gone, version=1, purpose="own_use", at=now)
    later = IntentRegistration.objects.create(
        customer=kept, version=1, purpose="upgrade", at=now.replace(hour=9)
    )
    merge = merge_customers(kept=kept, gone=gone, actor=supervisor, now=now)
    tags = CustomerTag.objects.filter(customer=kept).values_list("tag__name", flat=True)
    assert sorted(tags) == ["一", "二"]
    wishes = IntentRegistration.objects.filter(customer=kept).order_by("version")
    assert [(wish.pk, wish.version) for wish in wishes] == [(first.pk, 1), (later.pk, 2)]
    unmerge(merge=merge, actor=supervisor, now=now)
    assert CustomerTag.objects.filter(customer=gone).count() == 2
    versions = IntentRegistration.objects.values_list("customer_id", "version")
    assert sorted(versions) == [(kept.pk, 1), (gone.pk, 1)]


def test_a_record_of_the_pool_goes_to_the_owner_of_the_other(org, consultant, supervisor, now):
    kept = CustomerFactory(project=org.project_one, region_id=org.project_one.node.region_id)
    gone = CustomerFactory(owner=consultant)
    merge = merge_customers(kept=kept, gone=gone, actor=supervisor, now=now)
    assert fresh(kept).owner == consultant
    unmerge(merge=merge, actor=supervisor, now=now)
    assert (fresh(kept).owner, fresh(gone).owner) == (None, consultant)


def test_only_pairs_in_scope_are_shown_and_merged(
    org, client_for, supervisor, consultant, consultant_c, now
):
    kept, gone = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant_c)
    suggestion = suggest(kept, gone, now)
    client = client_for(supervisor)
    assert gone.name not in client.get(reverse("customers:duplicate-list")).content.decode()
    for name in ("merge", "different"):
        url = reverse(f"customers:duplicate-{name}", args=[suggestion.pk])
        assert client.post(url, {"kept": "left"}).status_code == 404
        assert client_for(consultant).post(url, {"kept": "left"}).status_code == 403
    assert fresh(gone).merged_into_id is None
    assert DuplicateSuggestion.objects.get().state == "open"


def test_a_merged_record_is_not_merged_again(pair, now, supervisor):
    kept, gone = pair
    merge_customers(kept=kept, gone=gone, actor=supervisor, now=now)
    with pytest.raises(MergedMeanwhileError):
        merge_customers(kept=gone, gone=kept, actor=supervisor, now=now)
    assert fresh(kept).merged_into_id is None
    assert Merge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_of_the_same_pair_at_once_one_wins(pair, now):
    kept, gone = pair
    start, results = threading.Barrier(2), []

    def run(one, two):
        try:
            start.wait(timeout=10)
            merge_customers(kept=one, gone=two, actor=None, now=now)
            results.append("merged")
        except MergedMeanwhileError:
            results.append("refused")
        finally:
            close_old_connections()

    threads = [threading.Thread(target=run, args=args) for args in ((kept, gone), (gone, kept))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(results) == ["merged", "refused"]
    assert Merge.objects.count() == 1
    assert Customer.objects.filter(merged_into__isnull=True).count() == 1
