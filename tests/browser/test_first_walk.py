"""The main job from end to end: import leads, work them, be reminded, escalate, grade, explain."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Notification
from crm_site.staff.models import User
from customers.models import Customer, CustomerGrade, GradeEvent, LeadClock, Task
from customers.services.grading import regrade
from customers.services.reminders import sweep_clocks, sweep_tasks
from tests.data.make_leads_cn import make_rows, write

pytestmark = [pytest.mark.usefixtures("eager_jobs")]


def lead_file(folder: Path) -> Path:
    """The project's generated file with today's dates."""
    path = folder / "leads.csv"
    write(path, make_rows(seed=7, rows=300, today=timezone.localdate()))
    return path


def run_jobs(now: datetime) -> None:
    """Do what beat would do at ``now``."""
    sweep_clocks(now=now)
    sweep_tasks(now=now)
    deliver_due(now=now)


def import_file(page: Page, path: Path) -> int:
    """Take ``path`` through the wizard; return how many customers it wrote."""
    before = Customer.objects.count()
    page.goto("/imports/")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("#import-form button.btn-p").click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    expect(page.locator("#import")).to_contain_text("联系电话")
    assert Customer.objects.count() == before  # a trial run writes nothing
    expect(page.get_by_text("11 位").first).to_be_visible()  # the planted ten-digit phone
    page.locator("button[name=action][value=write]").click()
    expect(page.locator("button[name=action]")).to_have_count(0, timeout=60_000)
    return Customer.objects.count() - before


def test_the_main_job_from_import_to_explained_grade(
    sellers: dict[str, User], sign_in: Callable[..., Any], tmp_path: Path
) -> None:
    boss = sign_in(sellers["supervisor"])
    assert import_file(boss, lead_file(tmp_path)) > 250
    assert LeadClock.objects.filter(kind="first_touch").exists()

    consultant = sellers["lin"]
    page = sign_in(consultant)
    expect(page.locator("#work")).to_be_visible()
    row = page.locator("li.todo").first
    name = row.locator(".todo-w a").inner_text()
    row.locator(".todo-w a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    customer = Customer.objects.get(pk=int(page.url.rstrip("/").split("/")[-1]))
    log_a_call(page, customer)
    finish_the_task(page, customer)
    be_reminded(page, consultant)
    see_the_escalation(boss)
    explain_a_changed_grade(page, consultant)


def log_a_call(page: Page, customer: Customer) -> None:
    page.locator("#id_content").fill("客户周六带父母再看一次，关心车位。")
    page.locator("#id_next_step").fill("确认到访时间")
    moment = timezone.localtime() + timedelta(days=1)
    page.locator("#id_next_at").fill(moment.strftime("%Y-%m-%dT%H:%M"))
    page.locator("#composer button.btn-p").click()
    expect(page.locator(".tl").first).to_contain_text("客户周六带父母再看一次")
    expect(page.locator(".next")).to_contain_text("确认到访时间")
    clock = LeadClock.objects.get(lead__customer=customer, kind="first_touch")
    assert clock.met_at is not None
    assert Task.objects.filter(customer=customer, state="open").count() == 1


def finish_the_task(page: Page, customer: Customer) -> None:
    page.locator(".next form[action$='/done/'] button").click()
    expect(page.locator(".next .next-t")).to_have_count(0)
    task = Task.objects.get(customer=customer)
    assert (task.state, task.done_at is not None) == ("done", True)


def be_reminded(page: Page, consultant: User) -> None:
    other = Customer.objects.filter(owner=consultant, tasks__isnull=True).latest("pk")
    now = timezone.now()
    task = Task.objects.create(
        title="发送测算表",
        customer=other,
        owner=consultant,
        due_at=now - timedelta(minutes=5),
        next_step_at=now - timedelta(minutes=5),
        source="manual",
    )
    run_jobs(now)
    run_jobs(now)  # a second beat tells nobody twice
    told = Notification.objects.filter(
        recipient=consultant,
        message__kind__startswith="task.",
        message__subject_id__in=[str(task.pk), str(other.pk)],
    )
    assert told.count() == 1
    page.goto("/notifications/")
    expect(page.locator("main")).to_contain_text("发送测算表")


def see_the_escalation(boss: Page) -> None:
    now = timezone.now()
    late = LeadClock.objects.filter(kind="first_touch", state="breached").order_by("due_at")[0]
    # A limit that runs out now, on the lead whose name stands on top of the list of the escalated.
    clock = LeadClock.objects.get(lead=late.lead, kind="closure")
    assert clock.state == "running"
    LeadClock.objects.filter(pk=clock.pk).update(
        started_at=now - timedelta(days=9), due_at=now - timedelta(days=8), next_step_at=now
    )
    run_jobs(now + timedelta(minutes=1))
    clock.refresh_from_db()
    assert clock.state == "breached"
    boss.goto("/team/")
    first = boss.locator("section[aria-labelledby=esc] tbody tr").first
    expect(first).to_contain_text(clock.lead.customer.name)
    expect(first).to_contain_text("闭环")
    boss.goto("/notifications/")
    expect(boss.locator("main")).to_contain_text(clock.lead.customer.name)


def explain_a_changed_grade(page: Page, consultant: User) -> None:
    now = timezone.now()
    regrade(slot="walk:1", now=now)
    weak = CustomerGrade.objects.filter(customer__owner=consultant).exclude(grade="A").first()
    assert weak is not None
    before = weak.grade
    Customer.objects.filter(pk=weak.customer_id).update(
        intent=3, budget_max=Decimal(20_000_000), spending_power=5, contribution=Decimal(8_000_000)
    )
    regrade(slot="walk:2", now=now + timedelta(minutes=1))
    weak.refresh_from_db()
    assert weak.grade < before
    assert GradeEvent.objects.filter(customer=weak.customer_id).count() == 2
    page.goto(f"/customers/{weak.customer_id}/")
    why = page.locator("#grade-why")
    expect(why.locator(".sum .v")).to_have_text(str(weak.score))
    parts = why.locator("ul.why li:not(.sum) .v").all_inner_texts()
    total = sum(Decimal(part.replace("+", "").replace("\N{MINUS SIGN}", "-")) for part in parts)
    assert total == weak.score
    expect(page.locator(".tl").first).to_contain_text(f"{before} → {weak.grade}")
