"""The ranking, the four steps and the credit for introductions (CUS-54, CUS-78, CUS-79)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from analytics.improvement.services.appraising import open_appraisal
from analytics.reviews.rules.periods import Span
from customers.models import Customer, CustomerShare
from marketing.segments.hooks import lifetime_value
from marketing.segments.models import ProgrammeStep
from marketing.segments.selectors.introductions import credit_of
from marketing.segments.selectors.ranking import in_step
from tests.conftest import make_user
from tests.factories import NOW, CustomerFactory, InteractionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyers(seller, far_seller, sell):
    """Three buyers, one who bought nothing, one of another region."""
    first = CustomerFactory(owner=seller, contribution=Decimal(50_000))
    second = CustomerFactory(owner=seller, contribution=Decimal(90_000))
    third = CustomerFactory(owner=seller, contribution=Decimal(50_000))
    sell(first, total=1_000_000)
    sell(first, total=500_000)
    sell(second, total=800_000)
    sell(third, total=3_000_000)
    CustomerFactory(owner=seller, contribution=Decimal(1_000_000))
    stranger = CustomerFactory(owner=far_seller)
    sell(stranger)
    return first, second, third


@pytest.mark.spec("CUS-78")
def test_buyers_are_ranked_by_four_columns_the_same_every_time(client, buyers) -> None:
    first, second, third = buyers
    assert lifetime_value() is not None  # the value of customers is computed elsewhere
    page = client.get("/programme/ranking/")
    rows = page.context["rows"]
    assert [row.pk for row in rows] == [second.pk, first.pk, third.pk]  # ties: more purchases first
    figures = {row.pk: (row.profit, row.lifetime, row.frequency, row.deals) for row in rows}
    assert figures[first.pk] == (Decimal(50_000), Decimal(0), 2, Decimal(1_500_000))
    again = client.get("/programme/ranking/")
    assert [row.pk for row in again.context["rows"]] == [row.pk for row in rows]
    by_amount = client.get("/programme/ranking/?order=deals").context["rows"]
    assert [row.pk for row in by_amount] == [third.pk, first.pk, second.pk]
    by_count = client.get("/programme/ranking/?order=frequency").context["rows"]
    assert by_count[0].pk == first.pk
    text = page.content.decode()
    orders = ("-profit", "lifetime", "frequency", "deals")
    assert all(f"order={key}" in text for key in orders)


@pytest.mark.spec("CUS-79")
def test_the_board_counts_what_its_lists_hold(client, buyers, marketer) -> None:
    first, second, third = buyers
    move = "/programme/move/"
    chosen = {"customer": [first.pk, second.pk, third.pk]}
    assert client.post(move, chosen | {"step": "select"}).status_code == 302
    assert client.post(move, {"customer": second.pk, "step": "develop"}).status_code == 302
    refused = client.post(move, {"customer": third.pk, "step": "retain"})
    assert refused.status_code == 422
    assert "incentive" in refused.context["form"].errors
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeStep.objects.filter(customer=third).update(step="retain")
    kept = {"customer": third.pk, "step": "retain", "incentive": "物业费抵扣 500 元"}
    assert client.post(move, kept).status_code == 302
    columns = client.get("/programme/").context["columns"]
    counts = {key: count for key, _word, count in columns}
    assert counts == {"find": 1, "select": 1, "develop": 1, "retain": 1}
    seen = Customer.objects.visible_to(marketer)
    for key, count in counts.items():
        assert in_step(seen, key).count() == count
        listed = client.get(f"/programme/customers/?step={key}").context["rows"]
        assert len(listed) == count
    assert client.post(move, {"customer": first.pk, "step": "find"}).status_code == 302
    assert not ProgrammeStep.objects.filter(customer=first).exists()


def test_nobody_moves_customers_out_of_sight(client, far_seller) -> None:
    stranger = CustomerFactory(owner=far_seller)
    client.post("/programme/move/", {"customer": stranger.pk, "step": "select"})
    assert not ProgrammeStep.objects.exists()


@pytest.fixture
def introduced(org, seller, sell):
    """A customer whom ``seller`` told of another project, and who signed there in March."""
    customer = CustomerFactory(owner=seller)
    at = timezone.make_aware(datetime(2026, 2, 2, 10))
    share = CustomerShare.objects.create(
        customer=customer,
        from_project=org.project_one,
        to_project=org.project_two,
        introduced_by=seller,
        introducer_share=Decimal(30),
        policy_version=1,
        reason="想要三房",
        state="accepted",
        offered_at=at,
        decided_at=at,
    )
    return share


@pytest.mark.spec("CUS-54")
def test_an_introduction_that_closed_stands_in_the_appraisal_of_the_introducer(
    org, client_for, seller, introduced, sell
) -> None:
    supervisor = make_user(org, "supervisor")
    span = Span(date(2026, 1, 1), date(2026, 3, 31))
    appraisal, _new = open_appraisal(person=seller, span=span, actor=supervisor, now=NOW)
    client = client_for(supervisor)
    credit = client.get(appraisal.get_absolute_url()).context["credit"]
    assert (credit.introduced, credit.closed, credit.points) == (1, 0, 1)
    signed_at = timezone.make_aware(datetime(2026, 3, 5, 10))
    home = sell(introduced.customer, project=org.project_two, signed_at=signed_at)
    page = client.get(appraisal.get_absolute_url())
    credit = page.context["credit"]
    assert (credit.introduced, credit.closed, credit.points) == (1, 1, 11)
    assert 'id="introductions"' in page.content.decode()
    home.state, home.ended_at = "refunded", NOW  # a contract taken back earns nothing
    home.save()
    assert client.get(appraisal.get_absolute_url()).context["credit"].closed == 0


@pytest.mark.spec("CUS-54")
def test_points_are_seen_by_the_team_and_follow_ups_of_the_unclosed_count(
    org, client_for, seller, introduced, sell
) -> None:
    mate = UserFactory(username="mate", name="同组", node=org.team_a)
    UserFactory(username="other", name="别组", node=org.team_b)
    now = timezone.now()
    CustomerShare.objects.update(decided_at=now - timedelta(seconds=1), offered_at=now)
    sell(introduced.customer, project=org.project_two, signed_at=now + timedelta(seconds=0))
    closed = CustomerFactory(owner=seller, customer_class="existing")
    for customer in (introduced.customer, introduced.customer, closed):
        InteractionFactory(customer=customer, author=seller, at=now - timedelta(seconds=5))
    rows = client_for(mate).get("/programme/points/").context["rows"]
    assert {row.person.pk for row in rows} == {seller.pk, mate.pk}
    start = now - timedelta(days=1)
    credit = credit_of(seller, start=start, end=now + timedelta(days=1))
    assert (credit.introduced, credit.tracked) == (1, 1)
    nothing = credit_of(mate, start=start, end=now + timedelta(days=1))
    assert (nothing.points, nothing.tracked) == (0, 0)
