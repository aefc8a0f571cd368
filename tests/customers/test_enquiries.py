"""A further enquiry on the record of a known customer, with its urgency (CUS-48)."""

import pytest
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from customers.models import Lead, LeadClock, SourceEvent
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def customer(consultant):
    return CustomerFactory(owner=consultant)


def asked(customer, **more):
    return {
        "enquiry": "想换大户型",
        "project": customer.project_id,
        "capture_point": "hotline",
        "source": "referral",
        "urgency": "urgent",
        "complexity": "complex",
    } | more


def url_of(customer):
    return reverse("customers:enquiry-add", args=[customer.pk])


def test_a_new_enquiry_is_rated_and_its_limits_begin(client_for, consultant, customer):
    client = client_for(consultant)
    record = client.get(customer.get_absolute_url()).content.decode()
    assert f'href="{url_of(customer)}"' in record
    answer = client.post(url_of(customer), asked(customer))
    lead = Lead.objects.get(customer=customer)
    assert (answer.status_code, answer.url) == (302, f"/leads/{lead.pk}/")
    assert (lead.enquiry, lead.urgency, lead.complexity) == ("想换大户型", "urgent", "complex")
    assert (lead.project, lead.owner) == (customer.project, consultant)
    assert LeadClock.objects.filter(lead=lead).exists()
    source = SourceEvent.objects.get(lead=lead)
    assert (source.capture_point, source.source, source.actor) == (
        "hotline",
        "referral",
        consultant,
    )
    assert AuditEvent.objects.filter(kind="customer.captured_again").count() == 1


def test_while_one_is_open_it_is_shown_and_nothing_is_written(client_for, consultant, customer):
    standing = LeadFactory(customer=customer, project=customer.project, enquiry="周末看房")
    answer = client_for(consultant).post(url_of(customer), asked(customer), headers=ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "An enquiry about this project is still open." in page
    assert f'href="/leads/{standing.pk}/"' in page
    assert "周末看房" in page
    assert "想换大户型" in page  # what was typed stays
    assert list(Lead.objects.all()) == [standing]
    assert not SourceEvent.objects.exists()
    assert not AuditEvent.objects.filter(kind="customer.captured_again").exists()


def test_without_words_or_out_of_reach_nothing_is_written(
    client_for, consultant, consultant_c, customer
):
    client = client_for(consultant)
    assert client.post(url_of(customer), asked(customer, enquiry="")).status_code == 422
    elsewhere = consultant_c.node.project_id
    assert client.post(url_of(customer), asked(customer, project=elsewhere)).status_code == 422
    assert client_for(consultant_c).post(url_of(customer), asked(customer)).status_code == 404
    assert not Lead.objects.exists()
