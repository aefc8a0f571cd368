"""Regular calls to owners, as often as their grade asks for (SVC-65)."""

from collections import Counter
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from crm_site.policies.services import in_force
from customers.models import Customer, CustomerGrade, Playbook, PlaybookRun, Purchase
from customers.rules.playbooks import months_after
from customers.services.contact_stop import refusing
from service.care.policies import CALLBACKS, CallbackRules
from service.care.rules import REGULAR
from service.care.services.starting import OWNED, ensure_programme, note_items

BATCH: Final = 500


def call_owners(*, now: datetime) -> int:
    """Start the regular call of every owner whose time has come; return how many.

    Counted from the last one, the first from the contract. Who is not to be contacted is left out;
    a project gets so many in a day as the policy allows. A second run starts none.
    """
    ensure_programme()
    return sum(
        _call(playbook, now)
        for playbook in Playbook.objects.filter(trigger=REGULAR, is_active=True)
    )


def _call(playbook: Playbook, now: datetime) -> int:
    rules: CallbackRules = in_force(CALLBACKS, at=now).value
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = PlaybookRun.objects.filter(playbook=playbook, started_at__gte=midnight)
    taken = Counter(today.values_list("customer__project", flat=True))
    due, begun = [], 0
    for pk, project, grade, last in _owners(playbook).iterator(chunk_size=2000):
        at = months_after(timezone.localtime(last), rules.months(grade or ""))
        if at <= now:
            due.append((at, pk, project))
    due.sort()
    stopped = refusing(pk for _at, pk, _project in due)
    chosen = []
    for at, pk, project in due:
        if pk not in stopped and taken[project] < rules.per_day:
            taken[project] += 1
            chosen.append((at, pk, project))
    for start in range(0, len(chosen), BATCH):
        begun += _begin(playbook, chosen[start : start + BATCH], now)
    return begun


def _begin(playbook: Playbook, chosen: list[tuple[datetime, int, int]], now: datetime) -> int:
    projects = {pk: project for _at, pk, project in chosen}
    drafts = [
        PlaybookRun(
            playbook=playbook,
            version=playbook.version,
            steps=playbook.steps,
            customer_id=pk,
            occurrence=f"regular:{at:%Y%m%d}",
            started_at=now,
            next_step_at=now,
        )
        for at, pk, _project in chosen
    ]
    PlaybookRun.objects.bulk_create(drafts, ignore_conflicts=True)
    new = PlaybookRun.objects.filter(playbook=playbook, customer__in=projects, started_at=now)
    found = [(run, projects[run.customer_id], None) for run in new]
    note_items(playbook, found)
    return len(found)


def _owners(playbook: Playbook) -> Any:
    """Return (customer, project, grade, when last spoken to) of everybody who owns a home."""
    owned = Purchase.objects.filter(customer=OuterRef("pk"), state__in=OWNED).order_by("-signed_at")
    ran = PlaybookRun.objects.filter(playbook=playbook, customer=OuterRef("pk"))
    last = ran.order_by().values("customer").annotate(at=Max("started_at")).values("at")
    grade = CustomerGrade.objects.filter(customer=OuterRef("pk")).values("grade")
    rows = Customer.objects.filter(merged_into=None).annotate(
        home=Subquery(owned.values("project")[:1]),
        signed=Subquery(owned.values("signed_at")[:1]),
        called=Subquery(last),
        letter=Subquery(grade),
    )
    rows = rows.filter(home__isnull=False, signed__isnull=False)
    rows = rows.annotate(since=Coalesce(Greatest("called", "signed"), "signed"))
    return rows.order_by("pk").values_list("pk", "home", "letter", "since")
