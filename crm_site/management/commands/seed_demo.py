"""Build a believable company to try the product with."""

import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from crm_site.demo.analytics import fill_analytics
from crm_site.demo.business import begin_business
from crm_site.demo.claims import report_customers
from crm_site.demo.company import Company, build_company
from crm_site.demo.marketing import fill_marketing
from crm_site.demo.office import furnish
from crm_site.demo.prices import build_prices
from crm_site.demo.property import build_property
from crm_site.demo.service.calls import fill_calls
from crm_site.demo.service.care import fill_care
from crm_site.demo.service.delays import promise_facilities
from crm_site.demo.service.experience import fill_experience
from crm_site.demo.service.groups import fill_groups
from crm_site.demo.service.knowledge import fill_knowledge
from crm_site.demo.service.repairs import fill_repairs
from crm_site.demo.service.surveys import fill_surveys
from crm_site.demo.service.tickets import fill_tickets
from crm_site.demo.simulation import Drawing, simulate
from crm_site.demo.way import go_on
from crm_site.demo.world import WORLDS
from crm_site.staff.models import User
from customers.models import Customer, Project, Unit
from customers.services.grading import regrade
from customers.services.playbook_templates import ensure_builtin_playbooks


class Command(BaseCommand):
    """Write organisation, accounts and customers into an empty database."""

    help = "Build the demo company; refuses a database that holds people unless --yes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=20260101)
        parser.add_argument("--world", choices=sorted(WORLDS), default="realistic")
        parser.add_argument("--truth", type=Path, help="where the planted truth is written (JSON)")
        parser.add_argument("--today", help="date of the demo, yyyy-mm-dd; default: now")
        parser.add_argument("--credentials", type=Path, help="where the passwords are written")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where people exist")
        parser.add_argument("--yes", action="store_true", help="add the demo to existing data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build the company, or say why not."""
        if User.objects.exists() and not options["yes"]:
            if options["if_empty"]:
                self.stdout.write("The database already holds people: kept as it is.")
                return
            raise CommandError("The database already holds people. Use --yes to add the demo.")
        now = _moment(options["today"])
        with transaction.atomic():
            company = build_company()
            ensure_builtin_playbooks()
            chance = random.Random(options["seed"])  # noqa: S311 -- demo data, not a secret
            sites = build_property(company, chance=chance, now=now, customers=options["customers"])
            offers = build_prices(sites)
            told = simulate(
                company,
                drawing=Drawing(options["world"], options["customers"], options["seed"]),
                now=now,
                offers=offers,
                truth=options["truth"],
            )
            go_on(company, sites, told=told, seed=options["seed"], now=now)
            furnish(company, chance=chance, now=now)
            begin_business(company, now=now)
            report_customers(company, chance=chance, now=now)
            fill_tickets(company, chance=chance, now=now)
            fill_surveys(seed=options["seed"], now=now)
            fill_experience(seed=options["seed"], now=now)
            _count_rows()
            fill_care(company, chance=chance, now=now)
            fill_repairs(company, chance=chance, now=now)
            fill_groups(company, now=now)
            fill_knowledge(now=now)
            promise_facilities(company.projects[0], now=now)
            fill_calls(company.projects[:2], seed=options["seed"], now=now)
            regrade(slot=f"demo:{uuid4().hex}", now=now)
            _count_rows()
            fill_marketing(company, seed=options["seed"], now=now)
            fill_analytics(company, seed=options["seed"], now=now)
            if options["credentials"]:
                _write_credentials(options["credentials"], company)
        self.stdout.write(
            f"Customers: {Customer.objects.count()}, staff: {User.objects.count()}, "
            f"projects: {Project.objects.count()}, units: {Unit.objects.count()}."
        )


def _count_rows() -> None:
    """Tell the planner how much was just written; it would still take the tables for empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _moment(today: str | None) -> datetime:
    if not today:
        return timezone.now()
    day = datetime.strptime(today, "%Y-%m-%d").replace(hour=10)  # noqa: DTZ007 -- made aware below
    return timezone.make_aware(day)


def _write_credentials(path: Path, company: Company) -> None:
    """Write the passwords readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(company.credentials, indent=2, ensure_ascii=False), encoding="utf-8")
