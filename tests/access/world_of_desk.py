"""One record of each kind of desk, for the tests of access."""

from typing import Any

from django.utils import timezone

from customers.models import Customer
from service.desk.models import DeskCall, QualitySample
from service.desk.services.intake import Incoming, take_message


def desk_of(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before."""
    now = timezone.now()
    call = DeskCall.objects.create(
        external_id="access",
        state="ended",
        project=customer.project,
        customer=customer,
        began_at=now,
        answered_at=now,
        ended_at=now,
        number="+8613912345678",
    )
    incoming = Incoming(
        channel="fax",
        key="access",
        subject="来函",
        name="欧阳文静",
        phone="13912345678",
        customer=customer,
        project=customer.project,
    )
    message = take_message(incoming, actor=None, now=now)
    sample = QualitySample.objects.create(
        agent=people["agent"], month=now.date().replace(day=1), call=call, project=customer.project
    )
    return {"call_id": call.pk, "message_id": message.pk, "sample_id": sample.pk}
