"""Whom an approval concerns next, and the messages to them."""

import re
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import known_kind
from crm_site.outbox.kinds import MessageKind
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from crm_site.staff.rules.roles import ROLES

ASKED = "approval.asked"
DECIDED = "approval.decided"
DIGITS = re.compile(r"\d{7,}")  # a message holds no phone number


def words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored codes as words."""
    kind = known_kind(params["kind"])
    shown = {"kind": str(kind.label) if kind else params["kind"]}
    if "state" in params:
        shown["state"] = str(Approval.State(params["state"]).label)
    return shown


MESSAGES = (
    MessageKind(
        key=ASKED,
        label=_("An approval is asked of you"),
        title=_("%(person)s asks you to sign: %(kind)s"),
        body="%(title)s",
        icon="edit",
        tone="amber",
        show=words,
    ),
    MessageKind(
        key=DECIDED,
        label=_("Your request is decided"),
        title=_("%(kind)s: %(state)s"),
        body="%(title)s",
        icon="edit",
        show=words,
    ),
)


def signers_of(approval: Approval) -> list[User]:
    """Return who could give the next signature; those who signed before are left out."""
    wanted = set(approval.next_permissions)
    roles = [role.key for role in ROLES.values() if wanted & role.may]
    everywhere = [key for key in roles if ROLES[key].scope is Scope.COMPANY]
    people = User.objects.filter(is_active=True, role__in=roles).filter(
        Q(role__in=everywhere) | Q(node__in=approval.places)
    )
    if approval.pk:
        people = people.exclude(pk__in=approval.signatures.standing().values("signer"))
    return list(people.exclude(pk=approval.requester_id).order_by("pk"))


def ask(approval: Approval, *, now: datetime) -> None:
    """Tell everybody who can give the next signature, each once per step and round."""
    given = len(approval.steps) - len(approval.next_permissions)
    step = approval.signatures.standing().count() if not approval.joint else given
    params = {
        "kind": approval.kind,
        "person": approval.requester.name,
        "title": DIGITS.sub("…", approval.title),
    }
    send_many(
        [
            Outgoing(
                ASKED,
                person,
                f"approval:{approval.pk}:{approval.round}:{step}:{person.pk}",
                params,
                ("approval", approval.pk),
            )
            for person in signers_of(approval)
        ],
        now=now,
    )


def tell_requester(approval: Approval, *, now: datetime) -> None:
    """Tell who asked how it ended; not who withdrew it."""
    if approval.state == Approval.State.WITHDRAWN:
        return
    params = {
        "kind": approval.kind,
        "state": str(approval.state),
        "title": DIGITS.sub("…", approval.title),
    }
    key = f"approval:{approval.pk}:{approval.round}:{approval.state}"
    subject = ("approval", approval.pk)
    send_many([Outgoing(DECIDED, approval.requester, key, params, subject)], now=now)
