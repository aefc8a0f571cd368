"""What other parts bring to the page of a campaign, and hold its launch up with."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from marketing.attribution.models import AttributionShare
from marketing.attribution.rules import Model, TouchKind
from marketing.attribution.services.touching import NewTouch, record_touches
from marketing.campaigns.checks import PRINCIPLES
from marketing.campaigns.errors import CampaignError
from marketing.campaigns.services import running as life
from marketing.content.models import Advert
from marketing.content.services.adverts import AdvertDraft, ask_review, plan_advert
from marketing.content.services.wording import Wording, write_wording
from marketing.messaging.models import BatchMessage
from marketing.messaging.services.batches import BatchDraft, write_batch
from marketing.messaging.services.templates import TemplateDraft, save_template
from marketing.segments.models import SegmentSnapshot
from marketing.segments.services.freezing import members_of
from marketing.segments.services.keeping import SegmentDraft, put_away, write_segment
from tests.analytics.kpis.factories import PurchaseFactory
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
STRONG = {"way": "all", "parts": [{"field": "intent", "op": "at_least", "value": "2"}]}


@pytest.fixture
def seller(org):
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def segment(marketer, now):
    return write_segment(draft=SegmentDraft(name="强意向", rules=STRONG), actor=marketer, now=now)


@pytest.fixture
def reviewers(org, chief, head):
    """One person of each department that signs adverts, the final approval last."""
    node = org.project_one.node
    return [
        UserFactory(username="mk2", name="市场乙", role="channel", node=node),
        UserFactory(username="de1", name="设计甲", role="engineering", node=node),
        make_user(org, "engineering"),
        head,
        make_user(org, "service_manager"),
        chief,
    ]


@pytest.fixture
def make_advert(marketer, org):
    """Plan and word an advert of a campaign."""

    def make(campaign, *, text="湖畔公园旁的家。"):
        draft = AdvertDraft(
            title="湖畔春季形象",
            medium="press",
            plan="五月首开",
            owner=marketer,
            project=org.project_one,
            campaign_code=campaign.code,
        )
        row = plan_advert(draft=draft, actor=marketer, now=timezone.now())
        word(row, text, marketer)
        return row

    return make


def word(advert, text, actor):
    said = Wording(text=text, facts="测绘报告", claims=())
    write_wording(advert=advert, wording=said, actor=actor, now=timezone.now())
    advert.refresh_from_db()


def sign_each(approval, people):
    for person in people:
        approval.refresh_from_db()
        sign(approval_id=approval.pk, digest=approval.digest, signer=person, now=timezone.now())


def panel(page, key):
    return next(values for one, values in page.context["panels"] if one.key == key)


@pytest.mark.spec("MKT-77")
def test_the_segment_is_frozen_at_the_launch_and_counts_what_its_rule_finds(
    client, approved, fill_in, marketer, seller, segment
) -> None:
    first = [CustomerFactory(owner=seller, intent=3) for _one in range(3)]
    CustomerFactory(owner=seller, intent=1)
    row = approved(segment_id=segment.pk)
    url = f"/campaigns/{row.pk}/"
    before = panel(client.get(url), "segment")
    assert (before["segment"], before["snapshot"]) == (segment, None)
    fill_in(row, PRINCIPLES)
    assert client.post(f"{url}launch/").status_code == 302
    taken = SegmentSnapshot.objects.get()
    assert taken.count == segment.queryset(marketer).count() == 3
    assert (taken.use, taken.taken_by) == (f"campaign:{row.code}", marketer)
    CustomerFactory(owner=seller, intent=3)
    wider = SegmentDraft(name="强意向", rules=STRONG | {"way": "any"})
    write_segment(draft=wider, actor=marketer, now=timezone.now(), segment=segment)
    assert client.post(f"{url}end/").status_code == 302
    page = client.get(url)
    assert panel(page, "segment")["snapshot"] == SegmentSnapshot.objects.get()
    assert f'href="/segments/frozen/{taken.pk}/">3</a>' in page.content.decode()
    assert set(members_of(taken)) == set(first)
    listed = client.get(f"/segments/frozen/{taken.pk}/")
    assert all(one.name in listed.content.decode() for one in first)


def test_the_form_offers_the_segments_of_ones_place(
    client, client_for, org, make_campaign, segment
) -> None:
    row = make_campaign()
    form = client.get(f"/campaigns/{row.pk}/edit/").context["form"]
    assert (str(segment.pk), "强意向") in form.fields["segment_id"].choices
    shown = {name: form[name].value() for name in form.fields}
    typed = {name: "" if value is None else value for name, value in shown.items()}
    days = {name: f"{getattr(row, name)}" for name in ("starts_on", "ends_on")}
    sent = client.post(f"/campaigns/{row.pk}/edit/", typed | days | {"segment_id": str(segment.pk)})
    assert sent.status_code == 302, sent.context["form"].errors
    row.refresh_from_db()
    assert row.segment_id == segment.pk


def test_a_segment_put_away_holds_the_launch_up(
    client, approved, fill_in, marketer, segment, now
) -> None:
    row = approved(segment_id=segment.pk)
    fill_in(row, PRINCIPLES)
    put_away(segment=segment, actor=marketer, now=now)
    refused = client.post(f"/campaigns/{row.pk}/launch/")
    assert refused.status_code == 409
    assert "强意向" in refused.content.decode()
    row.refresh_from_db()
    assert (row.state, SegmentSnapshot.objects.count()) == ("approved", 0)


def test_who_sees_no_segments_has_no_card_of_them(
    client_for, org, approved, fill_in, marketer, segment, now
) -> None:
    row = approved(segment_id=segment.pk)
    fill_in(row, PRINCIPLES)
    life.launch(campaign=row, actor=marketer, now=now)
    reader = client_for(make_user(org, "finance"))
    page = reader.get(f"/campaigns/{row.pk}/")
    assert page.status_code == 200
    assert "segment" not in {one.key for one, _values in page.context["panels"]}


@pytest.mark.spec("MKT-28")
def test_a_campaign_waits_until_all_have_signed_its_advert(
    client, approved, fill_in, make_advert, marketer, reviewers
) -> None:
    row = approved()
    fill_in(row, PRINCIPLES)
    advert, other = make_advert(row), make_advert(row)
    url = f"/campaigns/{row.pk}/"
    approval = ask_review(advert=advert, actor=marketer, now=timezone.now())
    sign_each(approval, reviewers[:-1])
    refused = client.post(f"{url}launch/")
    assert refused.status_code == 409
    assert advert.number in refused.content.decode()
    assert other.number not in refused.content.decode()  # a draft nobody was asked to sign
    page = client.get(url)
    lines = {one.advert: (one.signed, one.signers) for one in panel(page, "adverts")["lines"]}
    assert lines == {advert: (5, 6), other: (0, 0)}
    assert "5 / 6" in page.content.decode() or "5 of 6" in page.content.decode()
    word(advert, "湖畔公园旁的家，敬请品鉴。", marketer)
    lines = panel(client.get(url), "adverts")["lines"]
    assert [(one.signed, one.signers) for one in lines if one.advert == advert] == [(0, 6)]
    sign_each(Approval.objects.get(pk=approval.pk), reviewers)
    assert client.post(f"{url}launch/").status_code == 302
    row.refresh_from_db()
    assert row.state == "running"


def test_an_advert_of_another_campaign_holds_nothing_up(
    approved, fill_in, make_advert, marketer, make_campaign, now
) -> None:
    row = approved()
    fill_in(row, PRINCIPLES)
    ask_review(
        advert=make_advert(make_campaign(code="another")), actor=marketer, now=timezone.now()
    )
    life.launch(campaign=row, actor=marketer, now=now)
    own = make_advert(row)
    Advert.objects.filter(pk=own.pk).update(state="stopped")
    with pytest.raises(CampaignError):  # it runs already; not because of an advert
        life.launch(campaign=row, actor=marketer, now=now)


def test_touches_and_attributed_yuan_open_what_adds_up_to_them(client, running, seller) -> None:
    row = running()
    people = [CustomerFactory(owner=seller) for _one in range(2)]
    at = timezone.now() - timedelta(days=3)
    record_touches(
        NewTouch(
            customer_id=one.pk,
            at=at - timedelta(days=number),
            channel_code="wechat",
            campaign_code=code,
            kind=TouchKind.CLICK,
            source_key=f"t:{one.pk}:{number}:{code}",
        )
        for one in people
        for number, code in ((1, row.code), (2, row.code), (3, "another"))
    )
    month = timezone.localdate().replace(day=1)
    for buyer, code, yuan in ((people[0], row.code, "900.50"), (people[1], "another", "70")):
        purchase = PurchaseFactory(customer=buyer, signed_at=at)
        for model in (Model.LINEAR, Model.FIRST):
            AttributionShare.objects.create(
                purchase=purchase,
                model=model.value,
                channel_code="wechat",
                campaign_code=code,
                month=month,
                share=D(1),
                amount=D(yuan),
            )
    page = client.get(f"/campaigns/{row.pk}/")
    found = panel(page, "attribution")
    assert (found["touches"], found["people"], found["contracts"]) == (4, 2, 1)
    assert found["yuan"] == D("900.50")
    behind = client.get(f"/attribution/contracts/?{found['query']}")
    assert behind.context["whole"] == {"yuan": D("900.50"), "number": 1}


def make_batch(row, marketer, org, name="五月开放日", **more):
    text = TemplateDraft(
        name=name, purpose="marketing", title="开放", body="{name}等您来。", project=org.project_one
    )
    draft = BatchDraft(
        name=name,
        template=save_template(draft=text, actor=marketer, now=timezone.now()),
        audience="filter",
        starts_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=3),
        channel="sms",
        project=org.project_one,
        campaign_code=row.code,
        **more,
    )
    return write_batch(draft=draft, actor=marketer, now=timezone.now())


def test_the_batches_of_a_campaign_say_how_many_got_them(
    client, running, marketer, org, seller
) -> None:
    row = running()
    batch = make_batch(row, marketer, org)
    at = timezone.now()
    for state, more in (
        ("sent", {"sent_at": at, "replied_at": at}),
        ("sent", {"sent_at": at}),
        ("held", {"reason": "no_consent"}),
    ):
        BatchMessage.objects.create(
            batch=batch, customer=CustomerFactory(owner=seller), state=state, **more
        )
    found = panel(client.get(f"/campaigns/{row.pk}/"), "batches")["batches"]
    assert [(one, said.sent, said.recipients, said.replied) for one, said in found] == [
        (batch, 2, 3, 1)
    ]


@pytest.mark.parametrize("number", [1, 20])
def test_the_page_takes_as_many_statements_for_one_as_for_twenty(
    client, running, marketer, org, segment, make_advert, django_assert_max_num_queries, number
) -> None:
    row = running(segment_id=segment.pk, starts_on=date(2026, 5, 1))
    for place in range(number):
        ask_review(advert=make_advert(row), actor=marketer, now=timezone.now())
        make_batch(row, marketer, org, name=f"第{place}批")
    client.get(f"/campaigns/{row.pk}/")
    with django_assert_max_num_queries(60):
        page = client.get(f"/campaigns/{row.pk}/")
    assert len(panel(page, "adverts")["lines"]) == number
    assert len(panel(page, "batches")["batches"]) == number
