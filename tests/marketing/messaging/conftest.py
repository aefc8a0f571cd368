"""Customers who agreed to news, a text, and batches to send."""

from datetime import timedelta

import pytest

from customers.models import Customer
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from marketing.messaging.models import BatchMessage
from marketing.messaging.services.batches import BatchDraft, launch_batch, write_batch
from marketing.messaging.services.templates import TemplateDraft, save_template
from tests.factories import CustomerFactory


@pytest.fixture
def agree(now):
    """Let customers agree to be contacted and to news, or withdraw."""

    def say(*people, given=True, purposes=(Purpose.CONTACT, Purpose.MARKETING), at=None):
        for person in people:
            for purpose in purposes:
                record_consent(
                    customer=person,
                    purpose=purpose,
                    is_given=given,
                    channel=Channel.PHONE,
                    actor=None,
                    now=at or now - timedelta(days=1),
                )

    return say


@pytest.fixture
def people(consultant, agree):
    """Five customers of a consultant who agreed to everything."""
    rows = [CustomerFactory(owner=consultant, name=f"客户{n}") for n in range(5)]
    agree(*rows)
    return rows


@pytest.fixture
def make_text(marketing, org, now):
    def make(body="{name}，{event}等您来。", title="样板间开放", **values):
        draft = TemplateDraft(
            **{"name": "开放日", "purpose": "marketing", "title": title, "body": body}
            | {"project": org.project_one}
            | values
        )
        return save_template(draft=draft, actor=marketing, now=now)

    return make


@pytest.fixture
def make_batch(marketing, org, now, make_text):
    def make(**values):
        given = {
            "name": "五月开放日",
            "audience": "filter",
            "starts_at": now,
            "ends_at": now + timedelta(days=3),
            "values": {"event": "周六开放日"},
            "channel": "sms",
            "project": org.project_one,
        } | values
        template = given.pop("template", None) or make_text()
        draft = BatchDraft(template=template, **given)
        return write_batch(draft=draft, actor=marketing, now=now)

    return make


@pytest.fixture
def launch(marketing, now):
    def start(batch, at=None):
        return launch_batch(batch=batch, actor=marketing, now=at or now)

    return start


def states(batch):
    """Return the state of each row of a batch by the name of its customer."""
    rows = BatchMessage.objects.filter(batch=batch).select_related("customer")
    return {row.customer.name: (row.state, row.reason) for row in rows}


def customers():
    return Customer.objects.order_by("pk")
