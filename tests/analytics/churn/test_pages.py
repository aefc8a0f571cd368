"""The pages of churn: the list, a record's panel, the explanation, losses."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.churn.models import ChurnLoss, ChurnScore, ChurnScoreChange
from analytics.churn.services.finding import find_losses
from analytics.churn.services.running import score_churn
from analytics.winback.policies import WINBACK
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import ensure_default
from customers.models import Customer
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from tests.analytics.churn.conftest import deal, known, lose, talk
from tests.analytics.churn.test_scoring import neglect
from tests.factories import UserFactory
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def client(client_for, consultant):
    return client_for(consultant)


def text_of(client, name, *args, query="", status=200):
    answer = client.get(reverse(f"analytics:{name}", args=args) + query, headers=ENGLISH)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def scored(consultant, now):
    """Two customers with a score; nobody is left alone, so that the consultant sees both."""
    ensure_default(WINBACK)
    rules = PolicyVersion.objects.get(key=WINBACK, version=1)
    PolicyVersion.objects.filter(pk=rules.pk).update(payload=rules.payload | {"holdout_percent": 0})
    quiet = known(consultant, now, days=100, name="赵安静", budget_max=2_000_000)
    neglect(quiet, now)
    fresh = known(consultant, now, days=1, name="钱新来")
    score_churn(slot="nightly:1", now=now)
    return quiet, fresh


@pytest.mark.spec("CUS-98")
def test_the_list_shows_reasons_in_words_the_most_at_stake_first(client, scored) -> None:
    text = text_of(client, "churn-list")
    assert text.index("赵安静") < text.index("钱新来")
    assert "4 calls were not answered in 30 days" in text
    assert "2 complaints are overdue" in text
    assert "Red · urgent" in text
    red = text_of(client, "churn-list", query="?level=red&stage=lead&reason=service")
    assert "赵安静" in red
    assert "钱新来" not in red
    assert "钱新来" not in text_of(client, "churn-list", query="?reason=price")
    text_of(client, "churn-list", query="?level=purple", status=422)


def test_one_sees_the_scores_of_ones_customers_alone(client_for, scored, org, consultant_c) -> None:
    other = client_for(consultant_c)
    assert "赵安静" not in text_of(other, "churn-list")
    for name in ("churn-customer", "churn-why"):
        text_of(other, name, scored[0].pk, status=404)


def test_a_longer_list_asks_no_more(client, consultant, now, django_assert_max_num_queries) -> None:
    def asked(number):
        for _ in range(number):
            neglect(known(consultant, now, days=90), now)
        score_churn(slot=f"n:{number}", now=timezone.now())
        with django_assert_max_num_queries(60) as seen:
            text_of(client, "churn-list")
        return len(seen)

    text_of(client, "churn-list")
    assert asked(1) == asked(19)


@pytest.mark.spec("CUS-98")
def test_the_record_shows_the_score_and_its_history(client, scored, now) -> None:
    quiet, _fresh = scored
    text = text_of(client, "churn-customer", quiet.pk)
    score = ChurnScore.objects.get(pk=quiet.pk)
    assert f"<b>{score.points}</b>" in text
    assert "Expert card as delivered" in text
    assert "History of the score" in text
    why = text_of(client, "churn-why", quiet.pk)
    assert "Points over the last year" in why
    assert f'"{score.points}"' in why or str(score.points) in why


@pytest.mark.spec("CUS-98")
def test_the_explanation_reproduces_the_score(client, scored) -> None:
    """The shares printed add up to the log odds printed, and those are the stored score."""
    quiet, _fresh = scored
    text = text_of(client, "churn-why", quiet.pk)
    assert "the same score" in text
    body, foot = re.search(r"<tbody>(.*?)</tbody><tfoot>(.*?)</tfoot>", text, re.S).groups()
    shares = [float(x.replace(",", "")) for x in re.findall(r">(-?[\d,]+\.\d{6})<", body)]
    odds, risk = (float(x) for x in re.findall(r"<b>(-?\d+\.\d{6})</b>", foot))
    assert len(shares) > 5
    assert sum(shares) == pytest.approx(odds, abs=len(shares) * 5e-7)
    assert risk == pytest.approx(ChurnScore.objects.get(pk=quiet.pk).probability, abs=1e-6)
    talk(quiet, timezone.now() - timedelta(days=1), channel="visit", result="visited")
    assert "the records have changed since" not in text


@pytest.mark.spec("PLT-06")
def test_who_refuses_is_not_assessed_anywhere(client, consultant, scored, now) -> None:
    quiet, fresh = scored
    record_consent(
        customer=quiet,
        purpose=Purpose.PROFILING,
        is_given=False,
        channel=Channel.PHONE,
        actor=consultant,
        now=now,
    )
    assert list(ChurnScore.objects.values_list("pk", flat=True)) == [fresh.pk]
    assert not ChurnScoreChange.objects.filter(customer=quiet).exists()
    assert "赵安静" not in text_of(client, "churn-list")
    for name in ("churn-customer", "churn-why"):
        text = text_of(client, name, quiet.pk)
        assert "refuses to be assessed by machine" in text
        assert "Points over" not in text
    score_churn(slot="nightly:2", now=now + timedelta(hours=1))
    assert not ChurnScore.objects.filter(pk=quiet.pk).exists()


@pytest.mark.spec("CUS-108", "CUS-97")
def test_a_loss_is_written_down_with_its_reason_and_won_back(client, consultant, now) -> None:
    customer = known(consultant, now, name="孙走了")
    url = reverse("analytics:churn-loss-add", args=[customer.pk])
    data = {"rule": "elsewhere", "on": timezone.localdate().isoformat(), "note": "说贵"}
    assert client.post(url, data, headers=ENGLISH).status_code == 422, "the reason is asked for"
    assert not ChurnLoss.objects.exists()
    data |= {"main_reason": "price_cut", "others": ["delay"], "scene": ""}
    assert client.post(url, data, headers=ENGLISH).status_code == 302
    loss = ChurnLoss.objects.get()
    assert (loss.main_reason, loss.scene) == ("price_cut", "bargaining")
    again = client.post(url, data, headers=ENGLISH)
    assert again.status_code == 422
    assert "lost already" in again.content.decode()
    text = text_of(client, "churn-customer", customer.pk)
    assert "Sudden price cut" in text
    assert "Lost customers are not scored" in text
    edit = reverse("analytics:churn-loss", args=[loss.pk])
    assert "说贵" in client.get(edit, headers=ENGLISH).content.decode()
    changed = {"main_reason": "delay", "others": [], "scene": "after_sales", "note": "晚了"}
    assert client.post(edit, changed, headers=ENGLISH).status_code == 302
    loss.refresh_from_db()
    assert (loss.main_reason, loss.note) == ("delay", "晚了")
    end = reverse("analytics:churn-loss-end", args=[loss.pk])
    assert client.post(end, {"as_": "recovered", "why": ""}, headers=ENGLISH).status_code == 422
    told = {"as_": "recovered", "why": "又来看房"}
    assert client.post(end, told, headers=ENGLISH).status_code == 302
    text = text_of(client, "churn-customer", customer.pk)
    assert "Won back" in text
    assert "又来看房" in text
    customer.refresh_from_db()
    assert customer.phase != "churned"


@pytest.mark.spec("CUS-110")
def test_a_churned_record_opens_with_its_whole_history(client, consultant, now) -> None:
    """Talks, offers and complaints of a lost customer stay readable, so winning back is exact."""
    customer = known(consultant, now, days=200, name="周离开")
    talk(customer, now - timedelta(days=150), content="看中九十平")
    TicketFactory(customer=customer, opened_at=now - timedelta(days=120), subject="电梯噪音")
    deal(customer, now - timedelta(days=110), state="cancelled", ended_at=now - timedelta(days=100))
    find_losses(now=now)
    customer.refresh_from_db()
    assert customer.phase == "churned"
    page = client.get(customer.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "看中九十平" in page
    assert "Churned" in page
    tickets = client.get(
        reverse("service:customer-tickets", args=[customer.pk]), headers=ENGLISH
    ).content.decode()
    assert "电梯噪音" in tickets
    assert "Reservation cancelled" in text_of(client, "churn-customer", customer.pk)


def test_the_list_of_losses(client_for, supervisor, consultant, now) -> None:
    client = client_for(supervisor)
    silent = known(consultant, now, days=100, name="吴没声")
    gone = known(consultant, now, days=9, name="郑买了", budget_max=1_000_000)
    lose(gone, now - timedelta(days=1))
    find_losses(now=now)
    text = text_of(client, "churn-loss-list")
    assert "2 lost customers have no reason yet" in text
    assert "吴没声" in text
    assert "郑买了" in text
    text = text_of(client, "churn-loss-list", query="?rule=elsewhere")
    assert "吴没声" not in text
    Customer.objects.filter(pk=silent.pk).update(owner=UserFactory(), team=None, project=None)
    assert "吴没声" not in text_of(client, "churn-loss-list")
