"""The tab of the record: three actions, recommendations, the share of the spend."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, NewsItem, Task
from customers.rules.consent import Purpose
from marketing.content.models import PublicStory
from marketing.promotions.models import Promotion
from marketing.segments.models import HousingSpend, Recommendation, ServiceUse
from tests.factories import NOW, CustomerFactory

pytestmark = pytest.mark.django_db


def tab_of(customer):
    return reverse("marketing:customer-chances", args=[customer.pk])


@pytest.fixture
def news(person, seller):
    """Three published pieces of news, one of them for owners only, and a draft."""
    made = [
        NewsItem.objects.create(
            title=title, body="正文", project=project, audience=audience, published_at=moment
        )
        for title, project, audience, moment in (
            ("本项目学校签约", person.project, {}, NOW),
            ("置业百科", None, {}, NOW),
            ("业主专享", None, {"classes": ["existing"]}, NOW),
            ("草稿", None, {}, None),
        )
    ]
    return {row.title: row for row in made}


@pytest.mark.spec("CUS-36")
@pytest.mark.parametrize(
    ("values", "actions"),
    [
        ({"customer_class": "potential"}, ["recommend", "coupon", "proposal"]),
        (
            {"customer_class": "first_purchase", "phase": "active"},
            ["purchase_offer", "adviser", "fast_signing"],
        ),
        ({"customer_class": "existing"}, ["after_sales", "living", "feedback"]),
    ],
)
def test_each_kind_of_customer_opens_with_its_three_actions_and_logs_them(
    client_for, seller, values, actions
) -> None:
    customer = CustomerFactory(owner=seller, **values)
    client = client_for(seller)
    page = client.get(tab_of(customer))
    assert [key for key, _label in page.context["actions"]] == actions
    text = page.content.decode()
    assert all(f'value="{key}"' in text for key in actions)
    use = reverse("marketing:action-use", args=[customer.pk])
    for key in actions:
        assert client.post(use, {"action": key}).status_code == 302
    logged = ServiceUse.objects.filter(customer=customer).order_by("pk")
    assert [row.action for row in logged] == actions
    assert {row.by_id for row in logged} == {seller.pk}
    tasks = Task.objects.filter(customer=customer, source="service_action")
    assert tasks.count() == 3
    other = "after_sales" if "after_sales" not in actions else "coupon"
    assert client.post(use, {"action": other}).status_code == 409
    assert logged.count() == 3
    assert len(client.get(tab_of(customer)).context["uses"]) == 3


@pytest.mark.spec("CUS-35")
def test_recommendations_say_why_keep_the_reaction_and_learn_from_it(
    client_for, seller, person, news
) -> None:
    client = client_for(seller)
    make = reverse("marketing:recommendations-make", args=[person.pk])
    assert client.post(make).status_code == 302
    rows = {row.title: row for row in Recommendation.objects.filter(customer=person)}
    assert set(rows) == {"本项目学校签约", "置业百科"}
    first = rows["本项目学校签约"]
    assert first.score == Decimal(70)
    assert sum(Decimal(points) for _word, points in first.reasons) == first.score
    text = client.get(tab_of(person)).content.decode()
    assert all(word in text for word, _points in first.reasons)
    react = reverse("marketing:recommendation-react", args=[first.pk])
    assert client.post(react, {"reaction": "", "note": ""}).status_code == 422
    assert client.post(react, {"reaction": "rejected", "note": "孩子已上学"}).status_code == 302
    first.refresh_from_db()
    assert (first.reaction, first.note, first.reacted_by_id) == (
        "rejected",
        "孩子已上学",
        seller.pk,
    )
    NewsItem.objects.create(title="本项目公园", body="文", project=person.project, published_at=NOW)
    assert client.post(make).status_code == 302
    again = Recommendation.objects.get(title="本项目公园")
    assert again.score == Decimal(50)  # 70, less what the rejected one takes
    assert Recommendation.objects.count() == 3  # nothing twice


@pytest.mark.spec("CUS-35")
@pytest.mark.parametrize("purpose", [Purpose.PROFILING, Purpose.MARKETING, Purpose.CONTACT])
def test_who_opted_out_gets_no_recommendation(
    client_for, seller, person, news, agree, purpose
) -> None:
    client = client_for(seller)
    make = reverse("marketing:recommendations-make", args=[person.pk])
    assert client.post(make).status_code == 302
    assert Recommendation.objects.count() == 2
    agree(person, purpose, is_given=False)
    NewsItem.objects.create(title="新文章", body="文", published_at=NOW)
    assert client.post(make).status_code == 409
    assert Recommendation.objects.count() == 2
    page = client.get(tab_of(person))
    assert list(page.context["recommendations"]) == []


@pytest.mark.spec("MKT-14")
def test_our_share_comes_from_deals_and_declared_spend(client_for, seller, person, sell) -> None:
    sell(person, total=3_000_000)
    sell(person, total=100_000, kind="parking")
    sell(person, total=9_000_000, state="refunded", ended_at=NOW)
    client = client_for(seller)
    share = client.get(tab_of(person)).context["share"]
    assert share.total.share == Decimal("100.0")
    assert [trap.value for trap in share.traps] == ["nothing_declared", "one_big_deal"]
    declare = reverse("marketing:spend-declare", args=[person.pk])
    year = timezone.localdate().year
    wrong = {"kind": "purchase", "with_us": "on", "year": year, "amount": "1000"}
    assert client.post(declare, wrong).status_code == 422
    for kind, with_us, amount in (
        ("purchase", "", 1_000_000),
        ("property_service", "on", 6_000),
        ("lease", "", 60_000),
        ("lease", "", 94_000),  # said again for the year: it replaces
    ):
        data = {"kind": kind, "year": year, "amount": amount}
        assert (
            client.post(declare, data | ({"with_us": "on"} if with_us else {})).status_code == 302
        )
    assert HousingSpend.objects.count() == 3
    share = client.get(tab_of(person)).context["share"]
    assert (share.total.ours, share.total.elsewhere) == (Decimal(3_106_000), Decimal(1_094_000))
    assert share.total.share == Decimal("74.0")
    kinds = [one.share for _word, one in share.lines]
    assert kinds == [Decimal("75.0"), Decimal("0.0"), Decimal("100.0"), Decimal("100.0")]
    assert [trap.value for trap in share.traps] == ["one_big_deal"]


def test_the_tab_is_closed_to_customers_out_of_scope(client_for, seller, far_seller) -> None:
    stranger = CustomerFactory(owner=far_seller)
    client = client_for(seller)
    assert client.get(tab_of(stranger)).status_code == 404
    for name in ("action-use", "recommendations-make", "spend-declare"):
        url = reverse(f"marketing:{name}", args=[stranger.pk])
        assert client.post(url, {"action": "coupon"}).status_code == 404
    assert Customer.objects.filter(pk=stranger.pk).exists()
    assert not ServiceUse.objects.exists()


@pytest.mark.spec("CUS-35")
def test_offers_and_stories_of_the_project_are_recommended(
    client_for, seller, person, marketer, org
) -> None:
    values = {
        "kind": "opening",
        "owner": marketer,
        "benefit": "percent",
        "value": Decimal(2),
        "rules": "首开当天签约",
        "market": "平稳",
        "need": "改善",
        "goal": "去化",
        "stacking": "stackable",
        "expected_cost": Decimal(100),
        "starts_at": timezone.now() - timedelta(days=1),
        "ends_at": timezone.now() + timedelta(days=3),
        "state": "approved",
        "project": person.project,
    }
    running = Promotion.objects.create(code="open", name="首开优惠", **values)
    for code, more in {
        "waits": {"state": "waiting"},
        "over": {"ends_at": timezone.now() - timedelta(hours=1)},
        "gone": {"stock": 1, "taken": 1},
        "elsewhere": {"project": org.project_two},
    }.items():
        Promotion.objects.create(code=code, name=code, **values | more)
    today, nine = timezone.localdate(), timedelta(days=9)
    told = {
        "customer": CustomerFactory(owner=seller, name="讲故事的人"),
        "text": "住进来以后",
        "shown_name": "王女士",
        "created_by": marketer,
        "state": "published",
        "consent_from": today - nine,
        "consent_until": today + nine,
        "consent_proof": "档案 3",
        "published_at": timezone.now(),
        "project": person.project,
        "region": person.region,
    }
    PublicStory.objects.create(title="湖边的家", **told)
    PublicStory.objects.create(
        title="过期的", **told | {"consent_until": today - timedelta(days=1)}
    )
    PublicStory.objects.create(title="自己的", **told | {"customer": person})
    make = reverse("marketing:recommendations-make", args=[person.pk])
    assert client_for(seller).post(make).status_code == 302
    rows = {row.title: row for row in Recommendation.objects.filter(customer=person)}
    assert set(rows) == {"首开优惠", "湖边的家"}
    assert (rows["首开优惠"].kind, rows["首开优惠"].item) == ("offer", f"promotion/{running.pk}")
    assert rows["首开优惠"].score == Decimal(60)  # 50 of the project, 10 as it ends within a week
    assert (rows["湖边的家"].kind, rows["湖边的家"].score) == ("article", Decimal(60))
    for row in rows.values():
        assert sum(Decimal(points) for _word, points in row.reasons) == row.score
