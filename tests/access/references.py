"""Every field that points to a record: who sends what where, and what it points to (A-03)."""

from typing import Any

from django.utils import timezone

from tests.access.cases import Case, in_days
from tests.access.conftest import World
from tests.access.references_of_analytics import ANALYTICS_CASES
from tests.access.references_of_building import BUILDING_CASES
from tests.access.references_of_handover import HANDOVER_CASES
from tests.access.references_of_journey import JOURNEY_CASES
from tests.access.references_of_marketing import MARKETING_CASES
from tests.access.references_of_payments import PAYMENT_CASES
from tests.access.references_of_service import SERVICE_CASES

EVERYBODYS = {  # what these point to is seen by whoever may use the form
    *("TagForm.tag", "PutTagForm.tag", "RetireForm.replacement", "RetireSerializer.replacement"),
    *("StartForm.playbook", "CustomCategoryForm.field", "OfferForm.to_project"),
    *("OfferCreateSerializer.to_project", "UserForm.node", "PlaceForm.node", "NodeForm.parent"),
    *("ActionForm.step", "ActionForm.playbook"),  # the programme of care is the company's
    "DispatchForm.contractor",  # so is the list of contractors, which BuiltByForm offers as well
    "ChargeForm.contractor",  # of that list those who built or repaired it
    "SurveyForm.questionnaire",
    # classes of tickets are words of the company
    *("TicketForm.category", "NewTicketSerializer.category", "CategoryForm.parent"),
    *("ClassifyForm.category", "ClassifyForm.cause", "ArticleForm.category", "FilingForm.category"),
    # articles are read by whoever answers with them
    *("AnswerForm.article", "AskerForm.article"),
    # of the reports only those of the review's own place and year
    *("HeldForm.satisfaction", "HeldForm.performance"),
    # the public pages name every project to everybody
    *("ContactForm.project", "PersonForm.project", "LeadForm.project"),
    # channels are the company's; partners choose within their own territory
    *("CodeForm.channel", "PartnerForm.channel", "AccountForm.channel", "RegisterForm.project"),
    "PortalForm.user",  # accounts of the role partner work for no project
}


def task(_world: World) -> dict[str, Any]:
    return {"title": "x", "kind": "other", "due_at": f"{in_days(1):%Y-%m-%dT%H:%M}"}


def meeting(world: World) -> dict[str, Any]:
    times = {"starts_at": f"{in_days(1):%Y-%m-%dT%H:%M}", "ends_at": f"{in_days(2):%Y-%m-%dT%H:%M}"}
    own = {"owner": world.people["consultant"].pk, "guests": [world.customer.pk]}
    return {"kind": "visit", "title": "x", **times, **own}


def care(_world: World) -> dict[str, Any]:
    days = {"every_days": 7, "minutes": 60, "time_of_day": "10:00"}
    return {"title": "x", "place": "x", "area": "x", "starts_on": f"{in_days(1):%Y-%m-%d}"} | days


def person(_world: World) -> dict[str, Any]:
    return {"name": "王强", "phone": "13700000009"}


def repriced(_world: World) -> dict[str, Any]:
    return {"change": "set", "amount": "20000", "floor_percent": "95"}


FURTHER = PAYMENT_CASES | JOURNEY_CASES | HANDOVER_CASES | BUILDING_CASES | SERVICE_CASES
FURTHER |= ANALYTICS_CASES | MARKETING_CASES
CASES: dict[str, Case] = FURTHER | {
    "CustomerForm.project": Case("consultant", "/customers/add/", "project", "project", person),
    "AssignForm.owner": Case(
        "supervisor",
        "/customers/{customer}/assign/",
        "owner",
        "person",
        lambda _w: {"reason": "休假"},
    ),
    "MeetingForm.owner": Case("consultant", "/meetings/add/", "owner", "person", meeting),
    "MeetingForm.guests": Case(
        "consultant", "/meetings/add/", "guests", "customer", meeting, many=True
    ),
    "ActionForm.owner": Case(
        "consultant",
        "/meetings/{meeting}/hold/",
        "act-0-owner",
        "person",
        lambda _w: {
            "minutes_text": "x",
            "act-TOTAL_FORMS": 1,
            "act-INITIAL_FORMS": 0,
            "act-0-title": "x",
            "act-0-due_at": f"{in_days(1):%Y-%m-%dT%H:%M}",
        },
    ),
    "TaskForm.owner": Case("consultant", "/tasks/add/", "owner", "person", task),
    "TaskForm.customer": Case("consultant", "/tasks/add/", "customer", "customer", task),
    "UpkeepForm.customer": Case("consultant", "/upkeep/add/", "customer", "customer", care),
    "UpkeepForm.person": Case("consultant", "/upkeep/add/", "person", "person", care),
    "AcceptForm.owner": Case("leader_two", "/offers/{share}/accept/", "owner", "person"),
    "NewsForm.project": Case(
        "marketing", "/news/add/", "project", "project", lambda _w: {"title": "x", "body": "x"}
    ),
    "TagForm.owner": Case(
        "supervisor", "/tags/add/", "owner", "person", lambda _w: {"name": "x", "group": "need"}
    ),
    "OwnerForm.owner": Case(
        "supervisor",
        "/customers/bulk/",
        "owner",
        "person",
        lambda w: {"action": "assign", "reason": "x", "ids": [w.customer.pk]},
    ),
    "IntentForm.project": Case(
        "consultant",
        "/customers/{customer}/intents/add/",
        "project",
        "project",
        lambda _w: {"purpose": "own_use"},
    ),
    "RelationForm.other": Case(
        "consultant",
        "/customers/{customer}/relations/",
        "other",
        "customer",
        lambda _w: {"kind": "friend"},
    ),
    "EnquiryForm.project": Case(
        "consultant",
        "/customers/{customer}/enquiries/add/",
        "project",
        "project",
        lambda _w: {"source": "walk_in", "enquiry": "x", "capture_point": "front_desk"},
    ),
    "HoldForm.customer": Case(
        "consultant", "/units/{unit}/hold/", "customer", "customer", lambda _w: {"reason": "x"}
    ),
    "NewBuyerForm.new_buyer": Case(
        "consultant",
        "/purchases/{purchase}/change_name/",
        "new_buyer",
        "customer",
        lambda _w: {"reason": "x"},
    ),
    "NewUnitForm.unit": Case("consultant", "/purchases/{purchase}/change_unit/", "unit", "unit"),
    "ReservationCreateSerializer.customer": Case(
        "consultant", "reservations/", "customer", "customer", lambda w: {"unit": w.unit.pk}
    ),
    "ReservationCreateSerializer.unit": Case(
        "consultant", "reservations/", "unit", "unit", lambda w: {"customer": w.customer.pk}
    ),
    "FactorForm.building": Case(
        "executive",
        "/projects/{project}/factors/add/",
        "building",
        "building",
        lambda _w: {"kind": "noise", "since": f"{in_days(0):%Y-%m-%d}", "text": "x"},
    ),
    "UnitForm.layout": Case(
        "executive",
        "/units/{unit}/edit/",
        "layout",
        "layout",
        lambda _w: {"kind": "flat", "floor": 18, "number": "1801", "forecast_area": "98"},
    ),
    "ReportForm.project": Case(
        "channel",
        "/claims/add/",
        "project",
        "project",
        lambda _w: {"party": "x", "phone": "13700000009"},
    ),
    "VersionForm.holder": Case(
        "marketing",
        "/documents/add/sales-manual/",
        "holder",
        "person",
        lambda w: {
            "title": "x",
            "subject_id": w.project.pk,
            "effective_from": f"{in_days(1):%Y-%m-%d}",
            "rows": 1,
            "s1-title": "x",
            "s1-text": "x",
        },
    ),
    "PriceListForm.project": Case(
        "supervisor", "/prices/add/", "project", "project", lambda _w: {"reason": "x"}
    ),
    "RepriceForm.building": Case(
        "supervisor", "/prices/{list}/reprice/", "building", "building", repriced
    ),
    "RepriceForm.layout": Case(
        "supervisor", "/prices/{list}/reprice/", "layout", "layout", repriced
    ),
    "DiscountForm.customer": Case(
        "consultant",
        "/units/{unit}/discount/",
        "customer",
        "customer",
        lambda _w: {"asked_total": "1950000", "reason": "x"},
    ),
    "LetterForm.customer": Case(
        "consultant",
        "/units/{unit}/letter/",
        "customer",
        "customer",
        lambda _w: {"days": 9, "remedy": "x"},
    ),
    "CustomerCreateSerializer.project": Case(
        "consultant", "customers/", "project", "project", person
    ),
    "InteractionCreateSerializer.customer": Case(
        "consultant",
        "interactions/",
        "customer",
        "customer",
        lambda _w: {"channel": "phone", "result": "reached", "content": "x"},
    ),
    "PromiseCreateSerializer.customer": Case(
        "consultant", "promises/", "customer", "customer", lambda _w: {"kind": "try", "title": "x"}
    ),
    "RelationCreateSerializer.other": Case(
        "consultant",
        "customers/{customer}/relations/",
        "other",
        "customer",
        lambda _w: {"kind": "friend"},
    ),
    "IntentCreateSerializer.project": Case(
        "consultant",
        "customers/{customer}/intents/",
        "project",
        "project",
        lambda _w: {"purpose": "own_use"},
    ),
    "TagSerializer.owner": Case(
        "supervisor", "tags/", "owner", "person", lambda _w: {"name": "x", "group": "need"}
    ),
    "TaskCreateSerializer.owner": Case("consultant", "tasks/", "owner", "person", task),
    "TaskCreateSerializer.customer": Case("consultant", "tasks/", "customer", "customer", task),
    "MeetingCreateSerializer.owner": Case("consultant", "meetings/", "owner", "person", meeting),
    "MeetingCreateSerializer.guests": Case(
        "consultant", "meetings/", "guests", "customer", meeting, many=True
    ),
    "UpkeepCreateSerializer.customer": Case(
        "consultant", "upkeep-plans/", "customer", "customer", care
    ),
    "UpkeepCreateSerializer.person": Case("consultant", "upkeep-plans/", "person", "person", care),
    "OfferCreateSerializer.customer": Case(
        "consultant",
        "offers/",
        "customer",
        "customer",
        lambda w: {"to_project": w.org.project_two.pk, "reason": "x"},
    ),
    "AcceptSerializer.owner": Case("leader_two", "offers/{share}/accept/", "owner", "person"),
    "HandoverCreateSerializer.leaver": Case(
        "supervisor",
        "hand-overs/",
        "leaver",
        "person",
        lambda w: {
            "reason": "x",
            "shares": [{"receiver": w.people["consultant"].pk, "customers": 1}],
        },
    ),
    "ShareSerializer.receiver": Case(
        "supervisor",
        "hand-overs/",
        "shares",
        "share",
        lambda w: {"reason": "x", "leaver": w.people["consultant"].pk},
    ),
    "ActionSerializer.owner": Case(
        "consultant",
        "meetings/{meeting}/hold/",
        "actions",
        "action",
        lambda _w: {"minutes_text": "x"},
    ),
    "BehaviourEventSerializer.customer": Case(
        "local_marketing",
        "behaviour-events/",
        "customer",
        "customer",
        lambda _w: {
            "event_id": "e-1",
            "kind": "browsing",
            "facts": {"path": "/a"},
            "at": timezone.now().isoformat(),
        },
    ),
}
