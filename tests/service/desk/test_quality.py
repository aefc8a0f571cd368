"""Samples of each agent, their score sheet, the self-service line (SVC-25, SVC-26)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.questionnaires.models import AnswerSheet
from customers.models import Building, ConstructionNode, Purchase, Unit
from service.desk.models import DeskCall, InfoQuery, QualitySample
from service.desk.rules.choosing import initials, months_later, proposed_severity
from service.desk.rules.sampling import draw, sample_size
from service.desk.services.quality import draw_samples
from service.desk.tasks import draw_quality_samples
from tests.factories import CustomerFactory, UserFactory
from tests.service.factories import TicketFactory

ZONE = ZoneInfo("Asia/Shanghai")
MAY = date(2026, 5, 1)
ID_NUMBER = "110105199001011234"


def calls(agent, count, *, at=None, prefix="q"):
    at = at or datetime(2026, 5, 12, 10, 0, tzinfo=ZONE)
    for number in range(count):
        DeskCall.objects.create(
            external_id=f"{prefix}-{agent.pk}-{number}",
            agent=agent,
            state="ended",
            began_at=at,
            answered_at=at + timedelta(seconds=5),
            ended_at=at + timedelta(minutes=3),
        )


@pytest.mark.parametrize(
    ("worked", "percent", "least", "size"),
    [(100, 5, 3, 5), (101, 5, 3, 6), (10, 5, 3, 3), (2, 5, 3, 2), (0, 5, 3, 0), (50, 100, 0, 50)],
)
def test_the_size_of_a_sample(worked, percent, least, size):
    assert sample_size(worked=worked, percent=percent, least=least) == size


def test_the_draw_is_the_same_again_and_another_for_another_month():
    keys = [f"call:{number}" for number in range(200)]
    may = draw(keys, count=10, seed="2026-05:1", secret=b"s")
    assert may == draw(reversed(keys), count=10, seed="2026-05:1", secret=b"s")
    assert may != draw(keys, count=10, seed="2026-06:1", secret=b"s")
    assert may != draw(keys, count=10, seed="2026-05:1", secret=b"t")
    assert len(set(may)) == 10
    drawn = [draw(keys, count=10, seed=str(n), secret=b"s") for n in range(400)]
    seen = [sum(key in one for one in drawn) for key in keys]
    assert min(seen) >= 3  # every call has about the same chance
    assert max(seen) <= 45


@pytest.mark.parametrize(
    ("urgency", "grade", "severity"),
    [
        ("routine", "", "minor"),
        ("routine", "A", "normal"),
        ("complex", "E", "normal"),
        ("complex", "B", "grave"),
        ("urgent", "E", "grave"),
        ("urgent", "A", "grave"),
    ],
)
def test_the_severity_proposed(urgency, grade, severity):
    assert proposed_severity(urgency, grade) == severity


def test_small_rules():
    assert initials(["lou", "shui"]) == "ls"
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 15), 1) == date(2027, 1, 15)


@pytest.mark.spec("SVC-25")
@pytest.mark.django_db
def test_the_job_draws_n_of_each_agent_and_the_score_is_kept(
    client_for, org, seat, agent, service_manager
):
    other = UserFactory(name="另一坐席", role="agent", node=org.region_east)
    calls(agent, 80)
    calls(other, 7)
    calls(agent, 30, at=datetime(2026, 4, 12, 10, 0, tzinfo=ZONE), prefix="april")
    TicketFactory.create_batch(
        20,
        customer=CustomerFactory(project=org.project_one),
        first_responder=agent,
        opened_at=datetime(2026, 5, 3, 10, 0, tzinfo=ZONE),
    )
    now = timezone.now()
    assert draw_samples(month=MAY, now=now) == {"drawn": 8}
    assert QualitySample.objects.filter(agent=agent).count() == 5  # 5 % of 100
    assert QualitySample.objects.filter(agent=other).count() == 3  # the least
    first = set(QualitySample.objects.values_list("call", "ticket"))
    assert draw_samples(month=MAY, now=now) == {"drawn": 0}
    assert set(QualitySample.objects.values_list("call", "ticket")) == first
    QualitySample.objects.all().delete()
    draw_samples(month=MAY, now=now)
    assert set(QualitySample.objects.values_list("call", "ticket")) == first
    last = timezone.localtime().replace(day=1, hour=11) - timedelta(days=4)
    calls(agent, 8, at=last, prefix="last")
    assert draw_quality_samples()["drawn"] == 3  # the least, of the month before this one
    assert draw_quality_samples()["drawn"] == 0

    sample = QualitySample.objects.filter(agent=agent, month=MAY).first()
    lead, own = client_for(service_manager), client_for(agent)
    place = f"/desk/quality/{sample.pk}/"
    assert own.get(place).status_code == 404  # not scored yet
    begun = lead.post(f"{place}score/", {"idempotency_key": "a"})
    sheet = AnswerSheet.objects.get()
    assert begun["Location"] == f"/questionnaires/sheets/{sheet.pk}/fill/"
    fill(lead, sheet, q1="5", q2="4")  # completeness is missing
    sheet.refresh_from_db()
    assert not sheet.is_complete
    assert fill(lead, sheet, q1="5", q2="4", q3="3").status_code == 302
    sheet.refresh_from_db()
    assert sheet.is_complete
    assert sheet.score == 75
    noted = lead.post(place, {"coach_note": "语速慢一些", "idempotency_key": "c"})
    assert noted.status_code == 302
    read = own.get(place)
    assert "语速慢一些" in read.content.decode()
    assert [value for _label, value in read.context["marks"]] == ["5", "4", "3"]
    assert own.post(place, {"coach_note": "很好"}).status_code == 404
    assert own.post(f"{place}score/", {}).status_code == 403
    (row,) = lead.get("/desk/team/").context["rows"]
    assert (row["seat"].user, row["score"]) == (agent, 75)  # what the agent is appraised by
    listed = lead.get("/desk/quality/").content.decode()
    assert f"/desk/quality/{sample.pk}/" in listed


def fill(browser, sheet, **answers):
    """Fill the score sheet in on its page."""
    url = f"/questionnaires/sheets/{sheet.pk}/fill/"
    data = {f"q-{key}": value for key, value in answers.items()}
    data["edit_base"] = browser.get(url).context["form"].edit_base
    return browser.post(url, data | {"complete": "1", "idempotency_key": f"fill-{len(data)}"})


@pytest.fixture
def buyer(org, consultant):
    found = CustomerFactory(
        owner=consultant, name="梁志强", phone="+8613800138000", id_number=ID_NUMBER
    )
    building = Building.objects.create(project=org.project_one, name="1栋")
    unit = Unit.objects.create(
        project=org.project_one, building=building, floor=8, number="0801", forecast_area=98
    )
    now = timezone.now()
    Purchase.objects.create(
        project=org.project_one,
        unit=unit,
        customer=found,
        consultant=consultant,
        state="signed",
        state_since=now,
        begun_at=now,
        signed_at=now,
    )
    ConstructionNode.objects.create(
        project=org.project_one,
        building=building,
        kind="topping_out",
        name="主体封顶",
        planned_on=now.date(),
        reached_on=now.date() - timedelta(days=9),
    )
    TicketFactory(customer=found, kind="repair", subject="铝窗划痕")
    return found


def ask(topic="progress", phone="13800138000", proof="011234"):
    data = {"topic": topic, "phone": phone, "proof": proof}
    return Client().post("/self-service/", data)


@pytest.mark.spec("SVC-26")
@pytest.mark.django_db
def test_who_proves_to_be_the_customer_is_told_and_every_question_is_kept(buyer):
    number = buyer.tickets.get().number
    for topic, words in (("progress", "主体封顶"), ("contract", "0801"), ("repair", number)):
        assert words in ask(topic).content.decode()
    kept = InfoQuery.objects.order_by("pk")
    assert [each.topic for each in kept] == ["progress", "contract", "repair"]
    assert all(each.customer == buyer for each in kept)


@pytest.mark.spec("SVC-26")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("phone", "proof"),
    [("13800138000", "000000"), ("13900139000", "011234"), ("13800138000", "      ")],
)
def test_a_wrong_identity_is_told_nothing_and_the_question_is_kept(buyer, phone, proof):
    answer = ask(phone=phone, proof=proof)
    page = answer.content.decode()
    assert "主体封顶" not in page
    assert "梁志强" not in page
    if proof.strip():
        kept = InfoQuery.objects.get()
        assert (kept.customer, kept.was_known) == (None, False)


@pytest.mark.spec("SVC-26")
@pytest.mark.django_db
def test_a_known_and_an_unknown_number_answer_alike_and_tries_end(buyer):
    wrong, unknown = ask(proof="000000"), ask(phone="13900139000")
    said = [
        page.content.decode().split("banner-amber")[1].split("</span>")[0]
        for page in (wrong, unknown)
    ]
    assert said[0] == said[1]
    for _try in range(4):
        ask(proof="000000")
    assert ask(proof="011234").status_code == 429
