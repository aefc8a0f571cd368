"""Every scheduled job delivered again and in another order (A-53): no second effect."""

from datetime import timedelta

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from crm_site.common.models import JobRun
from crm_site.outbox.models import Message, Notification
from customers.models import Customer, Lead, LeadClockEffect, Task, TaskEffect
from customers.services.clocks import start_clocks
from customers.services.tasks import TaskEntry, create_task
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
EFFECTS = (LeadClockEffect, TaskEffect, Message, Notification, Task, Lead, Customer)


@pytest.fixture
def busy(consultant, supervisor, executive):
    """Write work that is due: clocks, tasks, a customer whom nobody owns."""
    now = timezone.now()
    for hours in (13, 30, 80):
        received = now - timedelta(hours=hours)
        customer = CustomerFactory(owner=consultant)
        lead = LeadFactory(customer=customer, received_at=received)
        start_clocks(lead=lead, started_at=received, now=received)
        due = now - timedelta(hours=hours - 12)
        entry = TaskEntry(title="回访", due_at=due, owner=consultant, customer=customer)
        create_task(entry=entry, actor=consultant, now=received)
    CustomerFactory(owner=None)


def rows():
    """Return the number of rows of every table except the log of the runs themselves."""
    models = [model for model in apps.get_models() if model is not JobRun]
    return {model._meta.label: model._default_manager.count() for model in models}


def effects():
    """Return every row of the tables that jobs write effects to, value by value."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values()) for model in EFFECTS
    }


def run_all(names):
    for name in names:
        current_app.tasks[settings.CELERY_BEAT_SCHEDULE[name]["task"]].apply(throw=True)


@pytest.mark.check("A-53")
def test_a_second_and_a_reordered_delivery_of_every_job_have_no_effect(busy):
    current_app.loader.import_default_modules()
    names = list(settings.CELERY_BEAT_SCHEDULE)
    run_all(names)
    run_all(["deliver-messages", "seal-audit"])  # what the later jobs wrote
    first, written = rows(), effects()
    assert LeadClockEffect.objects.count() > 0
    assert TaskEffect.objects.count() > 0
    assert Notification.objects.count() == Message.objects.filter(channel="in_app").count() > 0
    run_all(reversed(names))
    run_all(names)
    assert rows() == first
    assert effects() == written
