"""Two projects side by side; every figure counts what its list shows (PLT-45)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import CustomerGrade
from customers.services.clocks import meet, start_clocks
from customers.services.reminders import sweep_clocks
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def company(org, consultant, consultant_c):
    """Three customers of the first project, two of the second, one of each waiting."""
    now = timezone.now()
    for owner, number in ((consultant, 3), (consultant_c, 2)):
        for place in range(number):
            customer = CustomerFactory(
                owner=owner, customer_class="existing" if place == 0 else "intent"
            )
            lead = LeadFactory(customer=customer, received_at=now - 30 * HOUR)
            start_clocks(lead=lead, started_at=now - 30 * HOUR, now=now)
            if place == 0:
                meet(lead=lead, kind="first_touch", at=now - 29 * HOUR)
            TaskFactory(customer=customer, due_at=now - (1 - 2 * (place % 2)) * HOUR)
            CustomerGrade.objects.create(
                customer=customer,
                grade="AB"[place % 2],
                score=90,
                points=[],
                policy_version=1,
                graded_at=now,
            )
    for project in (org.project_one, org.project_two):
        CustomerFactory(project=project, region_id=project.node.region_id)
    sweep_clocks(now=now)
    return org


def rows_of(client, query):
    """Return the figures of the page: measure -> [(count, address)]."""
    page = client.get(reverse("customers:compare") + query, headers=ENGLISH).content.decode()
    table = page[page.index('aria-labelledby="cmp"') :]
    found = {}
    for line in re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL):
        cells = re.findall(r'<a href="([^"]+)">(\d+)</a>', line[1])
        found[line[0]] = [(int(count), url.replace("&amp;", "&")) for url, count in cells] or line[
            1
        ]
    return found


@pytest.mark.spec("PLT-45")
def test_two_projects_side_by_side_and_every_figure_opens_its_list(company, client_for, executive):
    client = client_for(executive)
    one, two = company.project_one.pk, company.project_two.pk
    rows = rows_of(client, f"?kind=project&place={one}&place={two}")
    counts = {
        name: [count for count, _url in cells]
        for name, cells in rows.items()
        if isinstance(cells, list)
    }
    # Projects stand in the order of their names: 云栖里 (4e91) before 江南里 (6c5f).
    assert counts["Customers"] == [4, 3]
    assert counts["Buyers"] == [1, 1]
    assert counts["Open prospects"] == [3, 2]
    assert counts["Overdue follow-ups"] == [2, 1]
    assert counts["First touch missed and open"] == [2, 1]
    assert counts["In the customer pool"] == [1, 1]
    assert counts["Intent customer"] == [2, 1]
    assert counts["A · High-value"] == [2, 1]
    assert "33.3%" in rows["First touch on time, last 30 days"].replace(" ", "")
    assert "50.0%" in rows["First touch on time, last 30 days"].replace(" ", "")
    for name, cells in rows.items():
        if not isinstance(cells, list):
            continue
        for count, url in cells:
            page = client.get(url, headers=ENGLISH)
            assert page.status_code == 200, url
            marker = b'class="c-why"' if url.startswith("/pool/") else b'class="c-own"'
            assert max(0, page.content.count(marker) - 1) == count, (name, url)


def test_regions_and_the_limits_of_the_scope(
    company, client_for, executive, head_office, supervisor, consultant
):
    three = company.project_three.pk
    seen = client_for(executive).get(reverse("customers:compare") + f"?place={three}")
    assert "滨海湾" not in seen.content.decode()
    east, south = company.region_east.pk, company.region_south.pk
    rows = rows_of(client_for(head_office), f"?kind=region&place={east}&place={south}")
    assert [count for count, _url in rows["Customers"]] == [7, 0]
    own = client_for(supervisor).get(reverse("customers:compare")).content.decode()
    assert "江南里" not in own
    assert client_for(consultant).get(reverse("customers:compare")).status_code == 403
