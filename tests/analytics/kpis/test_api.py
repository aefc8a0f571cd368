"""The figures over the API: same figure as the page, same rows, same borders."""

from datetime import datetime

import pytest
from rest_framework.test import APIClient

from tests.analytics.kpis.factories import PurchaseFactory
from tests.conftest import make_user
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
IN_APRIL = datetime.fromisoformat("2026-04-12T10:00+08:00")
HERE = "/api/v1/kpis/"


@pytest.fixture
def api(org):
    """Return a client of the API for an account."""

    def for_user(user):
        client = APIClient()
        client.force_authenticate(user)
        return client

    return for_user


@pytest.mark.spec("ANA-01")
def test_figure_target_and_rows_of_one_s_own_places(api, org, known) -> None:
    far = UserFactory(node=org.team_c)
    for owner, number in ((None, 3), (far, 2)):
        for buyer in known(number, owner=owner):
            PurchaseFactory(customer=buyer, signed_at=IN_APRIL)
    boss = api(make_user(org, "executive"))
    listed = boss.get(HERE).json()
    assert {"key", "formula", "unit", "good", "version"} <= listed[0].keys()
    csat = boss.get(f"{HERE}csat/?period=2026-04").json()
    assert (csat["figure"]["value"], csat["figure"]["note"], csat["light"]) == (
        None,
        "no_data",
        "none",
    )
    assert (csat["target"]["comparison"], csat["target"]["value"]) == ("ge", "8.5000")
    signings = boss.get(f"{HERE}signings/?period=2026-04").json()
    assert (signings["figure"]["value"], signings["period_end"]) == ("3.0000", "2026-05-01")
    rows = boss.get(f"{HERE}signings/rows/?period=2026-04").json()
    assert (rows["count"], len(rows["rows"]), rows["after"]) == (3, 3, None)
    next_page = f"{HERE}signings/rows/?period=2026-04&after={rows['rows'][1]['key']}"
    assert [row["key"] for row in boss.get(next_page).json()["rows"]] == [rows["rows"][2]["key"]]
    south = f"region-{org.region_south.pk}"
    assert boss.get(f"{HERE}signings/?place={south}").status_code == 404
    assert boss.get(f"{HERE}signings/rows/?place=company").status_code == 404
    assert boss.get(f"{HERE}nothing/").status_code == 404
    assert boss.get(f"{HERE}signings/?period=2026-99").status_code == 400
    assert boss.get(f"{HERE}signings/rows/?after=x").status_code == 400
    whole = api(make_user(org, "head_office")).get(f"{HERE}signings/?period=2026-04").json()
    assert whole["figure"]["value"] == "5.0000"
    assert api(make_user(org, "auditor")).get(HERE).status_code == 403
    assert api(make_user(org, "engineering")).get(f"{HERE}signings/").status_code == 403
