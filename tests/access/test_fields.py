"""Every resource of the API has the fields of this table and no more (A-05)."""

from typing import Any

import pytest

from crm_site.api_urls import router
from customers.services.intents import FIELDS as INTENT
from tests.access.conftest import World
from tests.access.test_masking import FIELDS as CUSTOMER

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-05")]
WHO = dict.fromkeys(("duplicates", "hand-overs", "workload", "claim-cases"), "supervisor")
WHO |= dict.fromkeys(("surveys", "survey-responses"), "service_manager")
WHO |= dict.fromkeys(("customer-values", "likely-values", "value-advice"), "executive")
WHO |= dict.fromkeys(("customer-incomes", "customer-costs", "bonus-funds"), "finance")
WHO |= dict.fromkeys(("forecasts", "improvement-items", "programmes"), "executive")
WHO |= dict.fromkeys(
    ("performance-reports", "measures", "management-reviews", "filings", "weekly-reports"),
    "executive",
)
RECORD = {"id", "name", "phone", "owner"}
PURCHASE = {
    *("id", "project", "unit", "unit_name", "customer", "customer_name", "lead"),
    *("consultant", "consultant_name", "state", "state_since", "begun_at", "expires_at"),
    *("renewals", "subscribed_at", "signed_at", "handed_over_at", "ended_at"),
    *("end_reason", "deposit", "list_total", "agreed_total", "contract_no", "moved_from"),
}

# resource -> its fields; those of a customer stand in ``test_masking``
FIELDS: dict[str, set[str]] = {
    "customers": CUSTOMER,
    "kpis": {
        *("key", "label", "group", "unit", "good", "formula", "exclusions", "owner_role"),
        *("version", "spec", "is_standing"),
    },
    "leads": {
        *("id", "customer", "project", "source", "campaign", "capture_point", "state"),
        *("lost_reason", "owner", "enquiry", "received_at", "created_at", "updated_at"),
        *("urgency", "complexity", "level"),
        *("stages", "solution", "customer_told_at", "customer_confirmed_at"),
    },
    "interactions": {
        *("id", "customer", "lead", "channel", "result", "content", "mood", "intent"),
        *("next_step", "next_at", "is_automatic", "at", "author"),
    },
    "tasks": {
        *("id", "kind", "title", "customer", "lead", "owner", "due_at", "state", "done_at"),
        *("outcome", "source", "created_at"),
    },
    "ticket-clocks": {
        *("id", "ticket", "kind", "round", "state", "basis", "limit_minutes", "started_at"),
        *("due_at", "paused_at", "met_at", "breached_at", "is_provisional", "policy_version"),
        "calendar_key",
    },
    "tickets": {
        *("id", "number", "kind", "state", "category", "cause", "urgency", "severity", "stage"),
        *("channel", "customer", "project", "unit", "subject", "body", "first_responder"),
        *("handler", "department", "opened_at", "closed_at", "step_due_at", "reopened"),
        *("merged_into", "group", "solution", "told_at", "answer", "source", "source_id"),
        *("occurred_on", "is_proactive", "is_demanding", "version"),
    },
    "churn-scores": {
        *("customer", "stage", "level", "points", "probability", "at_stake", "blocks"),
        *("reasons", "engine", "model_version", "scored_at"),
    },
    "churn-alerts": {
        *("id", "customer", "project", "owner", "level", "stage", "points", "probability"),
        *("cause", "opened_at", "level_at", "closed_at", "ending", "arm", "counted_from"),
        *("judge_at", "behaviour", "behaviour_at", "verdict"),
    },
    "customer-values": {
        *("customer", "contracts", "homes", "stage", "contract_margin", "received_margin"),
        *("expected_first", "expected_second", "expected_referral", "expected_fees"),
        *("gross", "cost", "net", "by_value", "by_need", "by_behaviour", "by_stage"),
        *("policy_version", "computed_at"),
    },
    "likely-values": {"customer", "chance", "drivers", "found_at"},
    "customer-incomes": {
        *("id", "customer", "kind", "amount", "received_on", "reference", "note", "reverses"),
        *("recorded_by", "recorded_at"),
    },
    "customer-costs": {
        *("id", "kind", "month_on", "project", "amount", "unshared", "reference", "note"),
        *("reverses", "recorded_by", "recorded_at"),
    },
    "value-advice": {
        *("id", "kind", "project", "title", "why", "customers", "baseline", "made_at", "state"),
        *("decided_by", "decided_at", "reason", "outcome", "outcome_at", "measured"),
        "measured_at",
    },
    "forecasts": {
        *("id", "series", "project", "first_on", "history", "state", "method", "points"),
        *("errors", "folds", "made_at"),
    },
    "performance-reports": {
        *("id", "number", "kind", "place", "starts_on", "ends_on", "state", "notes"),
        *("frozen_at", "published_at", "published_by", "figures"),
    },
    "measures": {
        *("id", "report", "review", "place", "kpi", "cause", "what", "owner", "due_on"),
        *("first_due_on", "done_on", "result", "created_at", "updated_at"),
    },
    "management-reviews": {
        *("id", "kind", "year", "place", "state", "held_on", "attendees", "minutes"),
        *("satisfaction", "performance", "decisions", "closed_at", "closed_by"),
    },
    "filings": {
        *("id", "place", "starts_on", "ends_on", "due_on", "state", "report", "summary"),
        *("handed_at", "handed_by", "comment", "commented_by"),
    },
    "weekly-reports": {"id", "week_on", "made_at", "lines"},
    "programmes": {"id", "title", "aim", "place", "owner", "starts_on", "ends_on", "phase"},
    "improvement-items": {
        *("id", "programme", "place", "title", "track", "theme", "department", "accountable"),
        *("due_on", "measure", "baseline", "goal", "stage", "cycle", "previous", "measured"),
        *("order_reason", "decision", "ended_on", "created_at", "updated_at", "means", "events"),
    },
    "appraisals": {
        *("id", "person", "post", "starts_on", "ends_on", "state", "quantity", "quantitative"),
        *("qualitative", "total", "policy_version", "frozen_at", "by", "published_at", "lines"),
    },
    "incentives": {
        *("id", "person", "kind", "amount", "balance_after", "note", "reverses", "at"),
    },
    "bonus-funds": {
        *("id", "place", "starts_on", "ends_on", "total_pay", "factor", "computed", "share"),
        *("is_below", "pool", "state", "paid_on", "policy_version", "lines"),
    },
    "projects": {"id", "code", "name", "city", "address", "launch_on"},
    "units": {
        *("id", "label", "project", "building", "building_name", "entrance", "floor", "number"),
        *("kind", "layout", "layout_name", "forecast_area", "measured_area", "inner_area"),
        *("shared_area", "orientation", "state", "updated_at"),
    },
    "meetings": {
        *("id", "kind", "title", "owner", "project", "plan", "starts_at", "ends_at", "place"),
        *("area", "state", "minutes_text", "result", "guests", "created_at", "updated_at"),
    },
    "upkeep-plans": {
        *("id", "title", "customer", "person", "place", "area", "every_days", "time_of_day"),
        *("minutes", "starts_on", "ends_on", "next_on", "is_active", "created_at", "updated_at"),
    },
    "offers": {
        *("id", "customer", "customer_name", "phone", "from_project", "to_project", "reason"),
        *("introduced_by", "introducer_share", "state", "offered_at", "decided_at"),
        *("accepted_by", "lead"),
    },
    "purchases": PURCHASE,
    "reservations": PURCHASE,
    "hand-overs": {"id", "leaver", "reason", "plan", "counts", "at", "actor"},
    "payments": {
        *("id", "purchase", "kind", "amount", "receipt_no", "received_on", "way", "note"),
        *("reverses", "recorded_by", "recorded_by_name", "recorded_at"),
    },
    "promises": {
        *("id", "customer", "kind", "title", "promised_by", "due_at", "is_overdue"),
        *("owner", "owner_name", "state", "evidence", "closed_at", "created_at"),
    },
    "tags": {"id", "name", "group", "owner", "rule", "is_active", "replaced_by"},
    "strata": {
        *("id", "name", "need", "budget_min", "budget_max", "credit_status"),
        *("strategy", "is_active", "created_at", "updated_at"),
    },
    "duplicates": {"id", "left", "right", "score", "reasons", "found_at"},
    "building-nodes": {
        *("id", "project", "building", "kind", "title", "planned_on", "is_key"),
        *("reached_on", "result", "accepted_on", "updated_at"),
    },
    "claim-cases": {
        *("id", "project", "customer", "opened_at", "outcome", "party", "decided_at"),
    },
    "delivery-batches": {
        *("id", "project", "name", "planned_on", "quality", "schedule", "documents"),
        *("facilities", "risk_note", "grade", "grade_version", "approved_at"),
    },
    "deliveries": {
        *("id", "batch", "unit", "unit_name", "purchase", "walked_at", "invited_at", "due_on"),
        *("slot_starts_at", "refused_at", "refusal", "taken_at", "outcome", "majors"),
        *("defects_open", "updated_at"),
    },
    "defects": {
        *("id", "delivery", "unit", "occasion", "room", "trade", "severity", "text", "state"),
        *("failures", "found_at", "closed_at", "updated_at"),
    },
    "surveys": {
        *("id", "title", "questionnaire", "version", "trigger", "stage", "method", "project"),
        *("sample_size", "seed", "link_days", "remind_days", "state", "opened_at", "closed_at"),
        *("year", "contractor"),
    },
    "survey-responses": {
        *("id", "survey", "version", "project", "trigger", "stage", "at", "score", "rating"),
        *("recommends", "is_low", "answers"),
    },
    "workload": {"cap", "neglect_days", "rows"},
}
ONLY_WRITTEN = {"behaviour-events", "tour-views"}
BELOW: dict[str, set[str]] = {  # what hangs below one customer
    "consents": {"purpose", "standing", "text", "version", "history"},
    "channels": {"channel", "refused_since"},
    "relations": {"id", "other", "other_name", "label", "role", "note", "is_household"},
    "intents": {"id", "version", *INTENT, "lead", "at", "actor"},
    "preferences": {"kind", "value", "rank", "source", "updated_at"},
    "portrait": {"basics", "behaviour", "preference", "lifecycle"},
    "standing": {
        *("buying_stage", "days_by_stage", "phase", "service_phase", "process_view"),
        *("tenure_view", "existing_base", "is_assessed", "activity", "last_touch_at"),
        *("days_since_touch", "power", "willingness", "loyalty", "is_high_value"),
    },
}


def test_every_resource_is_in_the_table() -> None:
    flat = {prefix for prefix, _view, _name in router.registry if "(" not in prefix}
    assert flat == FIELDS.keys() | ONLY_WRITTEN


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_resource_has_its_fields_and_no_more(world: World, name: str) -> None:
    client = world.clients[WHO.get(name, "consultant")]
    answer = client.get(f"/api/v1/{name}/").json()
    rows = answer.get("results", [answer])
    assert rows
    for row in rows:
        assert set(row) == FIELDS[name]
    if name == "duplicates":
        assert set(rows[0]["left"]) == set(rows[0]["right"]) == RECORD
    if name == "meetings":
        assert set(rows[0]["guests"][0]) == {"customer", "name", "attended"}


@pytest.mark.parametrize("name", sorted(BELOW))
def test_what_hangs_below_a_customer_has_its_fields_and_no_more(world: World, name: str) -> None:
    client = world.clients["consultant"]
    body = client.get(f"/api/v1/customers/{world.customer.pk}/{name}/").json()
    rows = body if isinstance(body, list) else [body]
    assert rows
    for row in rows:
        assert set(row) == BELOW[name]


@pytest.mark.parametrize("who", ["consultant_c", "supervisor", "executive"])
def test_an_offer_shows_a_masked_number_to_all_but_the_owner(world: World, who: str) -> None:
    row: dict[str, Any] = world.clients[who].get("/api/v1/offers/").json()["results"][0]
    assert (row["customer"], row["phone"]) == (world.customer.pk, "139 **** 5678")
    own = world.clients["consultant"].get("/api/v1/offers/").json()["results"][0]
    assert own["phone"] == "139 1234 5678"


def test_a_meeting_names_no_guest_out_of_scope(world: World) -> None:
    """Two customers of two consultants at one table: each sees the own one."""
    from customers.models import MeetingGuest
    from tests.factories import CustomerFactory

    other = CustomerFactory(owner=world.people["consultant_b"], name="赵敏")
    MeetingGuest.objects.create(meeting=world.meeting, customer=other)
    for who, seen in (("consultant", "欧阳文静"), ("consultant_b", "赵敏")):
        client = world.clients[who]
        row = client.get(f"/api/v1/meetings/{world.meeting.pk}/").json()
        assert [guest["name"] for guest in row["guests"]] == [seen]
        page = client.get(f"/meetings/{world.meeting.pk}/").content.decode()
        assert {name for name in ("欧阳文静", "赵敏") if name in page} == {seen}
