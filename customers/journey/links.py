"""Links by which a customer books a viewing without an account: signed, for some days, once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core import signing

from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.journey.policies import VIEWINGS, ViewingRules
from customers.models import Customer, Meeting, Project

SALT: Final = "customers.viewing"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a valid link says; ``viewing`` is what was booked by it before, if anything."""

    customer: Customer
    project: Project
    host: User
    mark: str
    viewing: Meeting | None


def token_for(customer: Customer, project: Project, *, host: User) -> str:
    """Return the token of a new link; it names keys only and works for one booking."""
    content = [customer.pk, project.pk, host.pk, secrets.token_hex(8)]
    return signing.dumps(content, salt=SALT)


def invitation_of(token: str, *, now: datetime) -> Invitation | None:
    """Return what a link says, None for one that is not ours, too old or about nobody any more."""
    rules: ViewingRules = in_force(VIEWINGS, at=now).value
    try:
        content = signing.loads(token, salt=SALT, max_age=timedelta(days=rules.link_days))
        customer_id, project_id, host_id, mark = content
    except (signing.BadSignature, ValueError, TypeError):
        return None
    customers = Customer.objects.select_related("owner").filter(merged_into__isnull=True)
    customer = customers.filter(pk=customer_id).first()
    project = Project.objects.filter(pk=project_id).first()
    host = User.objects.filter(pk=host_id, is_active=True).first()
    if customer is None or project is None or host is None:
        return None
    return Invitation(customer, project, host, mark, Meeting.objects.filter(link=mark).first())
