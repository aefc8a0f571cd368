"""A further enquiry of a customer who is known already (CUS-34, CUS-48)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.errors import fault
from customers.models import Customer, Lead
from customers.rules.entry import EntryFault
from customers.services.capture import may_use_project
from customers.services.grading import grade_soon
from customers.services.leads import Enquiry, capture_lead


class OpenEnquiryError(RefusedError):
    """An enquiry about the same project is still open; ``lead`` is that one."""

    code = "open-enquiry"
    title = _("This enquiry is still open")

    def __init__(self, lead: Lead) -> None:
        super().__init__(
            _("An enquiry about this project is still open. Log a talk there, or close it first.")
        )
        self.lead = lead


@transaction.atomic
def record_enquiry(*, customer: Customer, enquiry: Enquiry, actor: User, now: datetime) -> Lead:
    """Write down a new enquiry of ``customer`` and return its lead; its time limits begin.

    Raise ``OpenEnquiryError`` while one about the same project is open (two would race for one
    answer), ``EntryError`` for a project outside the actor's reach; nothing is changed then.
    """
    if enquiry.project is not None and not may_use_project(actor, enquiry.project):
        raise fault("project", EntryFault.UNKNOWN_REFERENCE)
    locked = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    project_id = enquiry.project.pk if enquiry.project else locked.project_id
    standing = Lead.objects.filter(customer=locked, project=project_id).open().first()
    if standing is not None:
        raise OpenEnquiryError(standing)
    lead = capture_lead(customer=locked, enquiry=enquiry, actor=actor, now=now)
    record(
        kind="customer.captured_again",
        actor=actor,
        subject=("customer", locked.pk),
        facts={"capture_point": enquiry.capture_point, "is_hidden": False},
        now=now,
    )
    grade_soon(locked.pk)
    return lead
