"""Every role of the company signs in and finds its own menu, and every link in it opens."""

import pytest
from django.urls import reverse

from crm_site.common import navigation
from crm_site.staff.rules.roles import ROLES
from tests.conftest import HOMES
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

READING = {"customers", "pool", "registers", "news", "meetings"}
SELLING = {"units", "prices", "documents", "questionnaires", "delivery"}
ASKING = {"approvals", "exports"}
READING_ALL = READING | SELLING
WORKING = READING_ALL | {"today", "tasks"}
# role -> entries of its menu; all kinds of approvals share one, as do all registers
MENUS = {
    "consultant": WORKING | {"offers", "approvals"},
    "supervisor": WORKING | ASKING | {"offers", "team", "imports", "policies", "claims"},
    "marketing": READING_ALL | {"approvals"},
    "channel": READING_ALL | {"claims"},
    "agent": WORKING | {"desk"},
    "specialist": WORKING | {"approvals"},
    "service_manager": WORKING | ASKING | {"team", "policies"},
    "engineering": SELLING | {"approvals", "viewings"},
    "finance": READING_ALL | ASKING | {"claims"},
    "executive": WORKING
    | ASKING
    | {"offers", "team", "imports", "policies", "playbooks", "data-categories", "claims"},
    "head_office": READING_ALL | ASKING | {"team", "policies", "claims", "imports-units"},
    "sysadmin": {"imports-staff", "staff", "organisation", "health"},
    "secadmin": {"staff-roles", "policies"},
    "auditor": {"audit", "data-categories"},
    "privacy": READING | {"data-categories"},
}
SERVING = {"tickets", "timeliness", "knowledge", "satisfaction", "care", "repairs", "experience"}
# what the service desk brings to each role
AT_THE_DESK = {
    "consultant": {"tickets", "knowledge"},
    "supervisor": {"tickets", "knowledge", "satisfaction", "experience"},
    "marketing": {"knowledge", "satisfaction", "experience"},
    "channel": {"knowledge"},
    "agent": {"tickets", "call-desk", "knowledge", "repairs"},
    "specialist": SERVING | {"call-desk"},
    "service_manager": SERVING | {"call-desk", "imports-complaints"},
    "engineering": {"tickets", "knowledge", "repairs", "experience", "registers"},
    "finance": {"knowledge", "care", "repairs", "experience", "delays"},
    "executive": SERVING,
    "head_office": SERVING,
}
# what the forecast of leaving brings
for _role in (
    *("consultant", "supervisor", "marketing", "specialist", "service_manager"),
    *("executive", "head_office"),
):
    MENUS[_role] = MENUS[_role] | {"churn"}
# what reviews and improvement bring to each role
RESULTS = {
    "consultant": {"own-results"},
    "supervisor": {"own-results", "improvement", "measures"},
    "marketing": {"own-results", "improvement", "measures"},
    "agent": {"own-results"},
    "specialist": {"own-results", "improvement", "measures"},
    "service_manager": {"own-results", "improvement", "reviews"},
    "engineering": {"own-results", "improvement", "measures", "registers"},
    "finance": {"own-results", "measures", "approvals"},
    "executive": {"own-results", "improvement", "reviews"},
    "head_office": {"own-results", "improvement", "reviews"},
}
for _role, _keys in RESULTS.items():
    MENUS[_role] = MENUS[_role] | _keys
# what selling brings to each role
SOLD = {
    "consultant": {"own-selling"},
    "supervisor": {"sales-plans", "selling-checks"},
    "marketing": {"sales-plans", "selling-checks", "interview-programmes"},
    "service_manager": {"interview-programmes"},
    "finance": {"sales-plans"},
    "executive": {"sales-plans", "selling-checks", "interview-programmes"},
    "head_office": {"sales-plans", "selling-checks", "interview-programmes"},
}
for _role, _keys in SOLD.items():
    MENUS[_role] = MENUS[_role] | _keys
for _role, _keys in AT_THE_DESK.items():
    MENUS[_role] = MENUS[_role] | _keys
# what segments and opportunities bring
for _role in ("marketing", "channel", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"segments"}
for _role in ("consultant", "supervisor", "marketing", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"opportunities"}
FIGURES = {
    *("consultant", "supervisor", "marketing", "channel", "agent", "specialist"),
    *("service_manager", "finance", "executive", "head_office"),
}
for _role in FIGURES:
    MENUS[_role] = MENUS[_role] | {"kpis"}
# whose place has a dashboard
for _role in (
    *("consultant", "supervisor", "marketing", "channel", "specialist", "service_manager"),
    *("finance", "executive", "head_office"),
):
    MENUS[_role] = MENUS[_role] | {"dashboards"}
for _role in ("executive", "head_office", "marketing", "service_manager", "auditor", "privacy"):
    MENUS[_role] = MENUS[_role] | {"score-models"}
for _role in (
    *("supervisor", "marketing", "service_manager"),
    *("finance", "executive", "head_office"),
):
    MENUS[_role] = MENUS[_role] | {"value"}
# who sees what is known of customers' value sees whom to call next
for _role in (
    *("consultant", "supervisor", "marketing", "specialist", "service_manager"),
    *("finance", "executive", "head_office"),
):
    MENUS[_role] = MENUS[_role] | {"value-intent"}
# campaigns, and with them the money
for _role in ("supervisor", "marketing", "channel", "finance", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"campaigns", "attribution"}
for _role in ("marketing", "channel", "finance", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"budgets"}
MENUS["channel"] = MENUS["channel"] | {"approvals"}  # asks for cost
# channels and partners
for _role in ("marketing", "channel", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"channels"}
for _role in ("channel", "finance", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"partners"}
for _role in ("marketing", "channel"):
    MENUS[_role] = MENUS[_role] | {"imports-metrics"}
# adverts and what is told in public
for _role in (
    *("supervisor", "marketing", "channel", "specialist", "service_manager"),
    *("engineering", "finance", "executive", "head_office"),
):
    MENUS[_role] = MENUS[_role] | {"adverts"}
# plans and knowledge of the market; promotions
for _role in ("supervisor", "marketing", "channel", "service_manager", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"planning"}
for _role in ("consultant", "supervisor", "marketing", "finance", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"promotions"}
# Pages in the strip of another entry, for those who see that one.
STRIPS = {
    "customers": {"board", "unclosed", "strata", "ways", "gaps"},
    "team": {"workload", "compare"},
    "news": {"texts"},
    "units": {"purchases", "projects", "file-transfers", "signing-times", "files"}
    | {"first-contacts"},
    "prices": {"discounts", "letters"},
    "delivery": {"delivery-units", "delivery-rate"},
    "care": {"care-callbacks", "care-greetings", "care-events", "care-issues"}
    | {"care-plans", "care-funds", "care-calendar"},
    "tickets": {"ticket-board", "ticket-report"},
    "timeliness": {"ticket-waiting", "concerns"},
    "call-desk": {"desk-queue", "desk-calls", "desk-quality", "desk-feedback"},
    "knowledge": {"stories"},
    "satisfaction": {"surveys", "satisfaction-sales", "satisfaction-reports"},
    "repairs": {"contractors", "charge-backs", "learning", "estates"},
    "experience": {"touchpoints", "working-group"},
    "kpis": {"market", "kpi-differences"},
    "dashboards": {"dashboards-sent"},
    "value": {"value-segments", "value-clusters", "value-likely", "value-rules", "value-forecasts"}
    | {"value-advice", "value-mix", "value-costs", "value-incomes", "value-model"},
    "reviews": {"management-reviews", "filings", "weekly-reports", "programme-goals"}
    | {"long-term-elements", "maturity", "measures"},
    "improvement": {"programmes", "department-indicators", "experiment-results"},
    "own-results": {"appraisals", "service-star"},
    "campaigns": {"campaign-calendar", "publicity-grid", "planning-cases", "campaign-report"},
    "budgets": {"costs"},
    "channels": {"channel-scorecard", "lead-codes", "lead-intakes", "media-accounts"},
    "partners": {"commissions"},
    "adverts": {"advert-archive", "assets", "content-messages", "public-stories"}
    | {"live-sessions", "communities", "public-feeds"},
    "planning": {"goal-progress", "market-knowledge", "brand", "sheet-sendings"},
    "promotions": {"group-purchases", "coupon-issues"},
    "sales-plans": {"sales-statistics"},
    "selling-checks": {"competence", "sales-offices"},
    "documents": {"sales-papers"},
    "segments": {"audiences"},
    "opportunities": {"nurture", "investors", "programme", "team-points"},
}
PORTALS = {"partner": {"marketing.use_partner_portal"}}  # people of other firms
MONEY = {"arrears", "mortgages"}
FORMED = {"groups", "crises", "delays"}  # beside the tickets
ANSWERING = FORMED | {"feedback", "missing", "help-cases"}
LEADING = {"promotion-candidates"}
MORE = {
    "consultant": {"upkeep", "viewings", "services"} | MONEY,
    "supervisor": {"duplicates", "tags", "hand-over", "upkeep", "viewings"}
    | {"services", "centre", "ratings"}
    | MONEY,
    "executive": {"duplicates", "tags", "hand-over", "viewings"}
    | {"services", "centre", "ratings", "ticket-classes", "ticket-officers"}
    | ANSWERING
    | MONEY,
    "marketing": {"tags", "viewings", "owner-posts"},
    "specialist": {"upkeep", "viewings", "services", "centre"} | ANSWERING,
    "service_manager": {"upkeep", "viewings", "services", "centre", "ratings"}
    | {"ticket-classes", "ticket-officers", "desk-team"}
    | ANSWERING,
    "channel": {"viewings"},
    "engineering": {"delays"},
    "agent": {"viewings", "services", "centre"} | ANSWERING,
    "finance": {"viewings"} | MONEY,
    "head_office": {"viewings", "services", "centre", "ratings"} | FORMED,
}
CUBES = {
    *("supervisor", "marketing", "specialist", "service_manager", "finance"),
    *("executive", "head_office"),
}
for _role in CUBES:
    MENUS[_role] = MENUS[_role] | {"cubes"}
STRIPS.setdefault("kpis", set()).update({"processes", "effects", "prevention"})
for _role in FIGURES:
    MORE[_role] = MORE[_role] | {"kpi-efficiency", "kpi-cohorts"}
for _role in ("supervisor", "marketing", "service_manager", "executive", "head_office"):
    MORE[_role] = MORE.get(_role, set()) | {"churn-losses", "churn-report"}
WINNING_BACK = ("consultant", "supervisor", "specialist", "service_manager", "executive")
for _role in (*WINNING_BACK, "head_office"):
    MORE[_role] = MORE.get(_role, set()) | {"churn-alerts", "winback-cases"}
for _role in ("supervisor", "service_manager", "executive", "head_office"):
    MORE[_role] = MORE[_role] | {"churn-results"}
for _role in ("service_manager", "executive", "head_office"):
    MORE[_role] = MORE[_role] | {"kpi-fairness"}
for _role in ("supervisor", "marketing", "executive"):
    MORE[_role] = MORE[_role] | {"ranking"}
WITHOUT_ACCOUNTS = {
    *("design", "procurement", "property_centre", "hr", "legal", "partner", "customer"),
}
for _role in ("supervisor", "service_manager", "executive", "head_office"):
    MORE[_role] = MORE.get(_role, set()) | LEADING
for _role in ("finance", "executive", "head_office"):
    MORE[_role] = MORE.get(_role, set()) | {"bonus-runs"}

for _role in ("marketing", "executive", "head_office"):
    MENUS[_role] = MENUS[_role] | {"message-batches"}
STRIPS["message-batches"] = {"message-flows", "experiments", "message-texts"}


def test_every_role_has_an_account_in_the_cast_or_no_right_at_all():
    cast = {"consultant" if key.startswith("consultant") else key for key in HOMES}
    assert cast == set(MENUS)
    assert set(ROLES) == cast | WITHOUT_ACCOUNTS
    for key in WITHOUT_ACCOUNTS:
        assert ROLES[key].may == PORTALS.get(key, frozenset())


def shared(key: str) -> str:
    """Return the entry of all approvals and of all registers for one kind of them."""
    for kind in ("approvals", "register"):
        if key.startswith(f"{kind}-"):
            return {"register": "registers"}.get(kind, kind)
    return key


@pytest.mark.spec("PLT-13")
@pytest.mark.parametrize("role", sorted(MENUS))
def test_menu_of_each_role(role, cast, client_for):
    client = client_for(cast[role])

    page = client.get("/accounts/password/")

    shown = {link.key: link.url for link in page.context["frame"].nav}
    optional = {"notifications"}
    assert {shared(key) for key in shown} - optional == MENUS[role]
    html = page.content.decode()
    for url in shown.values():
        assert f'href="{url}"' in html
        assert client.get(url).status_code == 200, url
    below = set().union(*(STRIPS.get(key, set()) for key in shown), MORE.get(role, set()))
    for key in below:
        answer = client.get(reverse(navigation._entries[key].url_name))
        assert answer.status_code == 200, key
        assert key in {link.key for link in answer.context["frame"].strip}
    hidden = set(navigation._entries) - shown.keys() - below
    for entry in (navigation._entries[key] for key in hidden):
        if reverse(entry.url_name) not in shown.values():
            # the start page sends on to the role's own; everything else is refused
            expected = 302 if entry.key == "today" else 403
            assert client.get(reverse(entry.url_name)).status_code == expected, entry.key


@pytest.mark.parametrize("role", sorted(WITHOUT_ACCOUNTS))
def test_role_without_rights_has_an_empty_menu(role, client_for, org):
    user = UserFactory(username=role, role=role, node=None)
    page = client_for(user).get("/accounts/password/")
    portal = {"partner-portal"} if role in PORTALS else set()
    assert {link.key for link in page.context["frame"].nav} - {"notifications", "today"} == portal
