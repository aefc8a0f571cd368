"""Repair insurance: claim, assess, pay within the cover, repair; the totals are those of rows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.insurance.services import totals_of
from customers.models import RepairClaim, RepairPolicy
from tests.tools import ENGLISH, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(project) -> RepairPolicy:
    today = timezone.localdate()
    return RepairPolicy.objects.create(
        project=project,
        insurer="人保财险",
        number="IDI-2026-001",
        covers="主体结构与渗漏",
        cover=Decimal(100_000),
        covers_from=today - timedelta(days=30),
        covers_until=today + timedelta(days=3650),
    )


def claim(client, policy, **more):
    form = {
        "defect": "卫生间渗漏",
        "unit_number": "0101",
        "found_on": f"{timezone.localdate():%Y-%m-%d}",
        "claimed": "80000",
        "repair_case": "WX-0012",
    }
    url = f"/repair-policies/{policy.pk}/claims/add/"
    return client.post(url, form | more, headers=ENGLISH)


def step(client, row, to, **data):
    return client.post(f"/repair-claims/{row.pk}/{to}/", data, headers=ENGLISH)


@pytest.mark.spec("SVC-98")
def test_a_claim_is_assessed_paid_within_the_cover_and_repaired(
    policy, unit, pages, service_manager, seller
) -> None:
    browser = pages(service_manager)
    assert claim(pages(seller), policy).status_code == 403
    assert claim(browser, policy).status_code == 302
    row = RepairClaim.objects.get()
    assert (row.state, row.unit, row.repair_case) == ("claimed", unit, "WX-0012")
    assert step(browser, row, "paid").status_code == 422
    assert step(browser, row, "assessed").status_code == 422  # nothing assessed
    more = step(browser, row, "assessed", amount="80000.01")
    assert "No more can be assessed" in more.content.decode()
    assert step(browser, row, "assessed", amount="60000").status_code == 302
    assert step(browser, row, "paid").status_code == 302
    assert claim(browser, policy, claimed="50000", unit_number="").status_code == 302
    second = RepairClaim.objects.latest("pk")
    assert step(browser, second, "assessed", amount="50000").status_code == 302
    beyond = step(browser, second, "paid")
    assert beyond.status_code == 422
    assert "The cover holds 40,000.00 yuan only." in beyond.content.decode()
    second.refresh_from_db()
    assert (second.state, second.paid_on) == ("assessed", None)
    assert step(browser, row, "repaired").status_code == 422  # says nothing
    assert step(browser, row, "repaired", note="重做防水，闭水 48 小时").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.repaired_on) == ("repaired", timezone.localdate())
    third = {"claimed": "900", "unit_number": "", "defect": "外墙裂缝"}
    claim(browser, policy, **third)
    rejected = RepairClaim.objects.latest("pk")
    assert step(browser, rejected, "rejected", note="不在保险责任内").status_code == 302
    found = totals_of(policy)
    assert (found.claims, found.open) == (3, 1)
    assert (found.claimed, found.assessed) == (Decimal(130_900), Decimal(110_000))
    assert (found.paid, found.left) == (Decimal(60_000), Decimal(40_000))
    page = text_of(browser, f"/repair-policies/{policy.pk}/")
    assert all(words in page for words in ("130900.00", "110000.00", "60000.00", "40000.00"))
    listed = text_of(pages(seller), f"/projects/{policy.project_id}/insurance/")
    assert "60000.00 of 100000.00 paid" in listed
    assert "1 claim open" in listed


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("found_on", "2020-01-01", "does not cover the day"),
        ("claimed", "0", "0.01"),
        ("unit_number", "9999", "no unit of this number"),
    ],
)
def test_what_the_policy_does_not_allow_is_named(
    policy, unit, pages, finance, field, value, words
) -> None:
    refused = claim(pages(finance), policy, **{field: value})
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not RepairClaim.objects.exists()


def test_a_policy_is_kept_once_with_its_days_in_order(project, policy, pages, finance) -> None:
    form = {
        "insurer": "人保财险",
        "number": "IDI-2026-001",
        "covers": "渗漏",
        "cover": "5000",
        "covers_from": "2026-01-01",
        "covers_until": "2025-01-01",
    }
    url = f"/projects/{project.pk}/insurance/add/"
    assert pages(finance).post(url, form).status_code == 422
    twice = pages(finance).post(url, form | {"covers_until": "2036-01-01"}, headers=ENGLISH)
    assert twice.status_code == 422
    assert "on file already" in twice.content.decode()
    fresh = {"covers_until": "2036-01-01", "number": "IDI-2026-002"}
    assert pages(finance).post(url, form | fresh).status_code == 302
    assert RepairPolicy.objects.count() == 2


@pytest.mark.parametrize("number", [1, 20])
def test_policies_and_claims_cost_the_same_for_1_and_20(
    project, policy, pages, finance, django_assert_num_queries, number
) -> None:
    today = timezone.localdate()
    RepairPolicy.objects.bulk_create(
        RepairPolicy(
            project=project,
            insurer="平安",
            number=f"P-{place}",
            covers="渗漏",
            cover=1,
            covers_from=today,
            covers_until=today,
        )
        for place in range(number)
    )
    RepairClaim.objects.bulk_create(
        RepairClaim(policy=policy, defect="裂缝", found_on=today, claimed=1, author=finance)
        for _place in range(number)
    )
    browser = pages(finance)
    for url, queries in (
        (f"/projects/{project.pk}/insurance/", LIST_QUERIES),
        (f"/repair-policies/{policy.pk}/", CLAIM_QUERIES),
    ):
        browser.get(url)
        with django_assert_num_queries(queries):
            assert browser.get(url).status_code == 200


LIST_QUERIES, CLAIM_QUERIES = 6, 6
