"""What the customer does on the page of the practice provider, reported like any other."""

import json
import uuid
from datetime import datetime

from crm_site.outbox.gateway import signature
from customers.signing.models import SigningRequest
from customers.signing.provider import PracticeProvider
from customers.signing.services.callbacks import take_callback


def confirm(*, request: SigningRequest, is_signed: bool, now: datetime) -> str:
    """Report that the customer confirmed or declined, signed as a provider signs; see callbacks."""
    body = json.dumps(
        {
            "event": uuid.uuid4().hex,
            "request": str(request.key),
            "status": "signed" if is_signed else "declined",
            "digest": request.document.digest,
        }
    ).encode()
    timestamp = str(int(now.timestamp()))
    signed = signature(PracticeProvider().secret(), timestamp, body)
    return take_callback(body=body, timestamp=timestamp, signed=signed, now=now)
