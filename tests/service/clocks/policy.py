"""Another table of limits, put into force as the approval does."""

from analytics.kpis.targets import TARGETS, TargetsPolicy
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import ensure_default
from crm_site.policies.shapes import to_json
from service.clocks.policies import (
    TICKET_CLOCKS,
    TIMELINESS,
    TicketClockPolicy,
    TimelinessPolicy,
)
from tests.service.clocks.life import moment

KEYS = {
    TicketClockPolicy: TICKET_CLOCKS,
    TimelinessPolicy: TIMELINESS,
    TargetsPolicy: TARGETS,
}


def put_in_force(policy, *, since="05-01 00:00", version=2, approver=None):
    """Put a policy into force from a moment on and return its version."""
    key = KEYS[type(policy)]
    ensure_default(key)
    PolicyVersion.objects.create(
        key=key,
        version=version,
        payload=to_json(policy),
        state="approved",
        valid_from=moment(since),
        created_at=moment(since),
        decided_at=moment(since),
        approver=approver,
    )
    return version
