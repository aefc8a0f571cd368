"""Programmes, items, appraisals, rewards and pay lists over the API."""

from decimal import Decimal

import pytest

from analytics.improvement.people_models import Appraisal, BonusLine, BonusRun
from analytics.improvement.programme_models import PdcaItem
from analytics.improvement.services.rewards import Grant, enter
from crm_site.audit.models import AuditEvent
from tests.analytics.improvement.test_people import appraised
from tests.api.conftest import Program
from tests.conftest import make_user
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client_for):
    return lambda user: Program(client_for(user))


def ids(answer) -> list[int]:
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["results"]]


def test_items_are_read_by_region_filtered_and_paged(api, org, make_item, chief) -> None:
    items = [make_item(track=track) for track in ("short", "long", "long")]
    reader, other = (
        make_user(org, "specialist"),
        UserFactory(role="service_manager", node=org.region_south),
    )
    assert ids(api(reader).get("improvement-items/", {"track": "long"})) == [
        items[1].pk,
        items[2].pk,
    ]
    assert ids(api(other).get("improvement-items/")) == []
    assert api(other).get(f"improvement-items/{items[0].pk}/").status_code == 404
    assert api(make_user(org, "agent")).get("improvement-items/").status_code == 403
    first = api(reader).get("improvement-items/", {"page_size": 2}).json()
    rest = api(reader).get(first["next"].split("/api/v1/")[1]).json()
    assert [row["id"] for row in first["results"] + rest["results"]] == [one.pk for one in items]
    row = api(reader).get(f"improvement-items/{items[0].pk}/").json()
    assert (row["stage"], row["accountable"], row["place"]) == ("plan", chief.pk, "华东区域")
    assert [event["to_stage"] for event in row["events"]] == ["plan"]


def test_an_item_is_taken_further_by_who_is_accountable(api, make_item, org) -> None:
    specialist = make_user(org, "specialist")
    item = make_item(accountable=specialist)
    own, url = api(specialist), f"improvement-items/{item.pk}/step/"
    assert own.post(url, {}).status_code == 400
    assert own.post(url, {"words": "方案已确认"}, key="k1").json()["stage"] == "do"
    assert own.post(url, {"words": "方案已确认"}, key="k1").json()["stage"] == "do"  # a repeat
    lacking = own.post(url, {"words": "已执行"})
    assert lacking.status_code == 400
    assert "measured" in str(lacking.json())
    moved = own.post(url, {"words": "已执行", "measured": "12"}).json()
    assert (moved["stage"], moved["measured"]) == ("check", "12.0000")
    assert PdcaItem.objects.get().events.count() == 3
    other = api(make_user(org, "engineering"))
    assert other.post(url, {"words": "代办"}).status_code == 403
    means = {"kind": "money", "planned": "9", "used": "10"}
    kept = api(make_user(org, "service_manager")).post(f"improvement-items/{item.pk}/means/", means)
    assert kept.json()["means"] == [
        {"kind": "money", "planned": "9.00", "used": "10.00", "is_over": True}
    ]
    assert (
        own.post(f"improvement-items/{item.pk}/means/", means | {"planned": "8"}).status_code == 403
    )


def test_programmes_are_read_by_region(api, org, programme) -> None:
    assert ids(api(make_user(org, "specialist")).get("programmes/")) == [programme.pk]
    away = UserFactory(role="service_manager", node=org.region_south)
    assert ids(api(away).get("programmes/")) == []


def test_an_appraisal_is_for_the_person_and_who_leads(
    api, figures, org, seller, supervisor, now
) -> None:
    mate = UserFactory(node=org.team_a)
    row = appraised(seller, supervisor, now)
    for reader, seen in ((seller, [row.pk]), (supervisor, [row.pk]), (mate, [])):
        assert ids(api(reader).get("appraisals/")) == seen
    found = api(seller).get(f"appraisals/{row.pk}/").json()
    assert Decimal(found["total"]) == row.total
    assert {line["dimension"] for line in found["lines"]} == {
        *("acquisition", "retention", "satisfaction", "value")
    }
    Appraisal.objects.filter(pk=row.pk).update(state="draft")
    assert api(seller).get(f"appraisals/{row.pk}/").status_code == 404


def test_rewards_are_for_the_person_who_leads_and_who_pays(
    api, org, seller, supervisor, payer, now
) -> None:
    given = Grant(person=seller, kind="reward", amount=Decimal(50), note="来信表扬", key="a")
    entry = enter(given, actor=payer, now=now)
    mate, away = UserFactory(node=org.team_a), UserFactory(role="finance", node=org.region_south)
    for reader, seen in ((seller, 1), (supervisor, 1), (payer, 1), (mate, 0), (away, 0)):
        assert ids(api(reader).get("incentives/")) == [entry.pk] * seen
    row = api(payer).get(f"incentives/{entry.pk}/").json()
    assert (row["person"], row["kind"], row["amount"]) == (seller.pk, "reward", "50.00")


@pytest.fixture
def run(org, payer, seller):
    row = BonusRun.objects.create(
        region=org.region_east,
        starts_on="2026-01-01",
        ends_on="2026-03-31",
        total_pay=Decimal(1_000_000),
        factor=100,
        computed=12,
        share=12,
        is_below=False,
        pool=Decimal(120_000),
        facts={},
        policy_version=1,
        by=payer,
    )
    mate = UserFactory(name="=HYPERLINK(1)", node=org.team_a, employee_no="A77")
    for person, score, amount in ((seller, "80", "45678.90"), (mate, "95.5", "74321.10")):
        BonusLine.objects.create(
            run=row, person=person, score=Decimal(score), amount=Decimal(amount)
        )
    return row


def test_a_pay_list_is_for_who_pays_or_signs(api, org, run, payer, chief, seller) -> None:
    for reader in (payer, chief):
        found = api(reader).get(f"bonus-funds/{run.pk}/").json()
        assert sum(Decimal(line["amount"]) for line in found["lines"]) == run.pool
    assert api(seller).get("bonus-funds/").status_code == 403
    away = UserFactory(role="finance", node=org.region_south)
    assert api(away).get(f"bonus-funds/{run.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("path", "most"), [("improvement-items/", 14), ("appraisals/", 14), ("bonus-funds/", 14)]
)
def test_lists_ask_no_more_for_more_rows(
    path, most, api, chief, make_item, seller, supervisor, figures, now, run,
    django_assert_max_num_queries,
) -> None:  # fmt: skip
    for _each in range(4):
        make_item()
    appraised(seller, supervisor, now)
    program = api(chief)
    with django_assert_max_num_queries(most):
        assert program.get(path).status_code == 200


@pytest.mark.spec("ANA-36")
def test_the_pay_list_as_a_file_equals_the_page(client_for, org, run, payer, seller) -> None:
    import io

    from openpyxl import load_workbook

    url = f"/bonus/{run.pk}/"
    page = client_for(payer).get(url)
    assert f"{url}xlsx/" in page.content.decode()
    answer = client_for(payer).get(f"{url}xlsx/")
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    found = [[cell.value for cell in row][:4] for row in sheet.iter_rows(min_row=3)]
    shown = [
        [one.person.name, one.person.employee_no or None, float(one.score), float(one.amount)]
        for one in page.context["lines"]
    ]
    assert [[a, b or None, c, d] for a, b, c, d in found[:-1]] == shown
    assert found[-1][3] == 120000 == float(page.context["total"])
    assert sheet["A3"].data_type == "s"  # a name is never a formula
    event = AuditEvent.objects.get(kind="improvement.pay_list_exported")
    assert (event.actor_id, event.facts["rows"]) == (payer.pk, 2)
    assert client_for(seller).get(f"{url}xlsx/").status_code == 403
    away = UserFactory(role="finance", node=org.region_south)
    assert client_for(away).get(f"{url}xlsx/").status_code == 404
