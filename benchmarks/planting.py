"""Customers with all that a dashboard counts, planted by formulas in one statement for each table.

Row ``n`` follows from its number alone, so whoever knows ``PLAN`` knows every figure beforehand.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from analytics.winback.models import ChurnAlert
from customers.models import (
    Building,
    Customer,
    DeliveryBatch,
    GradeEvent,
    Interaction,
    Lead,
    LeadClock,
    Project,
    StageEvent,
    Unit,
    UnitDelivery,
)
from customers.purchase.models import Purchase
from service.clocks.models import TicketClock
from service.surveys.models import Survey, SurveyResponse
from service.tickets.models import Ticket

HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every how many customers something happens, over how many days it is spread."""

    days: int = 401  # a prime, so that every kind of event falls on every day
    talks: int = 2  # each
    visits: int = 5
    promises: int = 2  # of enquiries; one in ten of them is missed
    purchases: int = 50  # handed over to every second buyer
    complaints: int = 40  # one in eight is late
    ratings: int = 20
    warnings: int = 100
    price: int = 1_000_000

    def days_ago(self, n: int) -> int:
        """Return how many days before today everything of customer ``n`` happened."""
        return n % self.days


PLAN = Plan()
STARTED = "%(midnight)s::timestamptz - (n %% %(days)s) * interval '1 day'"
DAY = f"(({STARTED}) AT TIME ZONE 'Asia/Shanghai')::date"
KEPT_IN_MIND = {"basis": "'natural'", "limit_minutes": "1440", "policy_version": "1"}


class Planting:
    """Rows for customers numbered from 1 in the temporary table ``planted``."""

    def __init__(self, cursor: Any, *, midnight: dt.datetime, plan: Plan = PLAN) -> None:
        self.cursor = cursor
        self.plan = plan
        self.params = {"midnight": midnight, "days": plan.days}

    def customers(self, count: int, owners: list[int]) -> None:
        """Plant so many customers, in turn with each owner, and number them."""
        first = (Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        values = {
            "id": f"{first} + n - 1",
            "name": "'客户' || n",
            "sort_key": "'客户' || n",
            "tokens": "''::tsvector",
            "source": "(ARRAY['walk_in', 'broker', 'web'])[1 + n %% 3]",
            "buying_stage": "'watching'",
            "owner_id": "u.id",
            "owned_since": STARTED,
            "team_id": "t.id",
            "project_id": "t.project_id",
            "region_id": "t.region_id",
            "created_at": STARTED,
            "updated_at": STARTED,
        }
        source = (
            "generate_series(1, %(count)s) n JOIN staff_user u"
            " ON u.id = (%(owners)s::bigint[])[1 + n %% array_length(%(owners)s::bigint[], 1)]"
            " JOIN staff_orgnode t ON t.id = u.node_id"
        )
        self.insert(Customer, values, source, count=count, owners=owners)
        self._skip_ids(Customer)
        self.number(f"id >= {first}")

    def number(self, condition: str) -> None:
        """Number the customers of a condition, a constant, from 1."""
        self.cursor.execute("DROP TABLE IF EXISTS pg_temp.planted")
        self.cursor.execute(
            "CREATE TEMPORARY TABLE planted AS SELECT row_number() OVER (ORDER BY id)::int AS n,"
            " id AS customer_id, owner_id, project_id, region_id, buying_stage"
            f" FROM customers_customer WHERE owner_id IS NOT NULL AND {condition}"
        )
        self.cursor.execute("ANALYZE planted")

    def enquiries(self) -> None:
        """Plant an enquiry of each, of every second with the promise of a first contact."""
        values = {
            "customer_id": "customer_id",
            "project_id": "project_id",
            "owner_id": "owner_id",
            "state": "'assigned'",
            "source": "(ARRAY['walk_in', 'broker', 'web'])[1 + n %% 3]",
            "capture_point": "'front_desk'",
            "received_at": STARTED + " + interval '1 hour'",
        }
        self.insert(Lead, values, "planted")
        met = "CASE WHEN n %% 20 <> 0 THEN l.received_at + interval '1 hour' END"
        clock = {
            "lead_id": "l.id",
            "kind": "'first_touch'",
            "state": "CASE WHEN n %% 20 <> 0 THEN 'met' ELSE 'breached' END",
            "started_at": "l.received_at",
            "due_at": "l.received_at + interval '2 hours'",
            "met_at": met,
            "breached_at": "CASE WHEN n %% 20 = 0 THEN l.received_at + interval '2 hours' END",
            "calendar_key": "'desk'",
        }
        source = f"planted JOIN customers_lead l USING (customer_id) {self._every('promises')}"
        self.insert(LeadClock, clock | KEPT_IN_MIND, source)

    def talks(self) -> None:
        """Plant talks of each on different days; the first of every fifth is a visit."""
        is_visit = f"(turn = 1 AND n %% {self.plan.visits} = 0)"
        values = {
            "customer_id": "customer_id",
            "author_id": "owner_id",
            "channel": f"CASE WHEN {is_visit} THEN 'visit' ELSE 'phone' END",
            "result": f"CASE WHEN {is_visit} THEN 'visited' ELSE 'reached' END",
            "content": "'约了周六看样板间'",
            "at": STARTED
            + " - (turn - 1) * interval '37 days' + interval '2 hours'"
            + " + (n %% 251) * interval '1 minute'",
        }
        turns = f"generate_series(1, {self.plan.talks}) turn"
        self.insert(Interaction, values, f"planted CROSS JOIN {turns} ORDER BY 6")

    def histories(self) -> None:
        """Plant a first grade of each and a later one of every third; a stage of every fourth."""
        for model, of, later in ((GradeEvent, "grade", 3), (StageEvent, "stage", 4)):
            words = "ARRAY['C', 'B', 'A']" if of == "grade" else "ARRAY['preparing', 'watching']"
            values = {
                "customer_id": "customer_id",
                "at": STARTED + " + turn * interval '20 days' - interval '30 days'",
                f"from_{of}": f"CASE turn WHEN 1 THEN '' ELSE ({words})[1 + n %% 2] END",
                f"to_{of}": f"({words})[1 + (n + turn) %% 2]",
            }
            if of == "grade":
                values |= {"score": "50", "points": "'{}'", "policy_version": "1"}
            source = f"planted JOIN generate_series(1, 2) turn ON turn = 1 OR n %% {later} = 0"
            self.insert(model, values, source)

    def purchases(self) -> None:
        """Plant a contract of every fiftieth, each for a flat of its own, and handovers of half."""
        every = self._every("purchases")
        for project in Project.objects.all():
            Building.objects.get_or_create(project=project, name="栋", defaults={"floors": 99})
        unit = {
            "project_id": "b.project_id",
            "building_id": "b.id",
            "kind": "'flat'",
            "entrance": "'P'",
            "floor": "1",
            "number": "'P' || n",
            "forecast_area": "100",
        }
        building = "planted JOIN customers_building b USING (project_id)"
        self.insert(Unit, unit, f"{building} {every} AND b.name = '栋'")
        purchase = {
            "project_id": "u.project_id",
            "unit_id": "u.id",
            "customer_id": "customer_id",
            "consultant_id": "owner_id",
            "state": "'signed'",
            "agreed_total": f"{self.plan.price} + n",
        }
        moments = ("state_since", "begun_at", "subscribed_at", "signed_at")
        units = "planted JOIN customers_unit u ON u.number = 'P' || n"
        values = purchase | dict.fromkeys(moments, STARTED + " + interval '3 hours'")
        self.insert(Purchase, values, f"{units} AND u.project_id = planted.project_id {every}")
        self._handovers()

    def _handovers(self) -> None:
        for project in Project.objects.all():
            low = dict.fromkeys(("quality", "schedule", "documents", "facilities", "grade"), "low")
            DeliveryBatch.objects.get_or_create(
                project=project,
                name="批",
                defaults={"planned_on": self.params["midnight"].date(), "grade_version": 1, **low},
            )
        due = f"{DAY} + 1"
        half = f"n %% {2 * self.plan.purchases} = 0"
        values = {
            "batch_id": "b.id",
            "unit_id": "p.unit_id",
            "purchase_id": "p.id",
            "invited_at": STARTED + " - interval '9 days'",
            "due_on": due,
            "taken_at": f"CASE WHEN n %% {6 * self.plan.purchases} <> 0"
            f" THEN {STARTED} + interval '1 hour' END",
        }
        source = (
            "planted JOIN customers_purchase p USING (customer_id)"
            " JOIN customers_unit u ON u.id = p.unit_id AND u.number = 'P' || n"
            " JOIN customers_deliverybatch b ON b.project_id = p.project_id AND b.name = '批'"
        )
        self.insert(UnitDelivery, values, f"{source} WHERE {half}")

    def service(self, survey: Survey) -> None:
        """Plant complaints with their limit, ratings and red warnings."""
        opened = STARTED + " + interval '4 hours'"
        ticket = {
            "number": "'P' || n",
            "kind": "'complaint'",
            "state": "'received'",
            "customer_id": "customer_id",
            "project_id": "project_id",
            "handler_id": "owner_id",
            "subject": "'厨房漏水'",
            "body": "'厨房天花板漏水'",
            "opened_at": opened,
            "channel": "'phone'",
        }
        self.insert(Ticket, ticket, f"planted {self._every('complaints')}")
        late = f"n %% {8 * self.plan.complaints} = 0"
        clock = {
            "ticket_id": "t.id",
            "kind": "'closure'",
            "state": "'met'",
            "started_at": opened,
            "due_at": opened + " + interval '30 minutes'",
            "met_at": f"{opened} + CASE WHEN {late} THEN interval '1 hour' ELSE interval '0' END",
            "calendar_key": "'desk'",
        }
        self.insert(
            TicketClock,
            clock | KEPT_IN_MIND,
            "planted JOIN service_ticket t ON t.number = 'P' || n",
        )
        response = {
            "survey_id": str(survey.pk),
            "version_id": str(survey.version_id),
            "customer_id": "customer_id",
            "project_id": "project_id",
            "region_id": "region_id",
            "adviser_id": "owner_id",
            "trigger": "'manual'",
            "at": opened,
            "month_on": f"date_trunc('month', {DAY})::date",
            "rating": f"7 + n / {self.plan.ratings} %% 4",
        }
        self.insert(SurveyResponse, response, f"planted {self._every('ratings')}")
        self._warnings()

    def _warnings(self) -> None:
        moment = "%(midnight)s::timestamptz"
        values = {
            "customer_id": "customer_id",
            "project_id": "project_id",
            "owner_id": "owner_id",
            "level": "'red'",
            "rank": "3",
            "points": "90",
            "probability": "0.9",
            "cause": "'service'",
            "judge_at": f"{moment} + interval '30 days'",
            "policy_version": "1",
            **dict.fromkeys(("opened_at", "level_at", "counted_from"), moment),
        }
        self.insert(ChurnAlert, values, f"planted {self._every('warnings')}")

    def _every(self, what: str) -> str:
        return f"WHERE n %% {getattr(self.plan, what)} = 0"

    def insert(
        self, model: type[models.Model], values: Mapping[str, str], source: str, **more: Any
    ) -> int:
        """Insert a row for each line of ``source``; columns not named have their default."""
        params = self.params | more
        texts = {}
        for field in model._meta.concrete_fields:
            name = str(field.column)
            if name in values:
                texts[name] = values[name]
            elif not field.primary_key and not field.has_db_default():
                texts[name] = self._default(field, params)
        self.cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(texts)})"
            f" SELECT {', '.join(texts.values())} FROM {source}",
            params,
        )
        return int(self.cursor.rowcount)

    def _default(self, field: Any, params: dict[str, Any]) -> str:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            return "%(midnight)s::timestamptz"
        params[f"of_{field.column}"] = field.get_db_prep_save(field.get_default(), connection)
        return f"%(of_{field.column})s::{field.db_type(connection)}"

    def _skip_ids(self, model: type[models.Model]) -> None:
        table = model._meta.db_table
        self.cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )
