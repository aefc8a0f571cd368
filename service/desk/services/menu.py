"""What the hotline says and does when nobody answers, or before (SVC-22, SVC-26)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_site.policies.services import in_force
from service.desk.ingress import believed, text_of
from service.desk.policies import DESK
from service.desk.rules.calls import Mode
from service.desk.rules.menu import PROOF, Place, Step, step_of
from service.desk.services.asking import ask_line
from service.desk.services.events import mode_at


def answer_menu(*, body: bytes, timestamp: str, signed: str, now: datetime) -> dict[str, Any]:
    """Return the next step of a caller in the menu: what is said, what is awaited.

    ``action`` is queue (ring the agents), collect (``digits`` keys more), speak, or record, after
    which the telephone system reports the voice message. Raise as ``ingress.believed`` does.
    """
    said = believed(body=body, timestamp=timestamp, signed=signed, now=now)
    caller, digits = text_of(said, "caller", 40), text_of(said, "digits", 20)
    step = step_of(digits, is_staffed=mode_at(now) is Mode.STAFFED)
    with override(settings.LANGUAGE_CODE):
        return _said(step, caller, now)


def _said(step: Step, caller: str, now: datetime) -> dict[str, Any]:
    if step.place is Place.AGENT:
        return _step("queue", [_("One moment, an agent answers.")])
    if step.place is Place.HEAR:
        return _step("speak", list(in_force(DESK, at=now).value.public_channels))
    if step.place is Place.RECORD:
        return _step("record", [_("Leave your message after the tone; we call back.")])
    if step.place is Place.PROOF:
        words = _("Type the last six characters of your ID number; the star stands for X.")
        return _step("collect", [words], digits=PROOF)
    if step.place is Place.ANSWER:
        return _step("speak", _answer(step, caller, now))
    words = _(
        "Press 1 for the progress of the building, 2 for the contract, 3 for repairs,"
        " 4 for our hours, 0 to leave a message."
    )
    return _step("collect", [words], digits=1)


def _answer(step: Step, caller: str, now: datetime) -> list[str]:
    told = ask_line(phone=caller, proof=step.proof, topic=step.topic, channel="menu", now=now)
    if not told.is_known:
        return [_("Phone and ID number do not belong together here. Check both, or call again.")]
    return told.lines or [_("There is nothing to tell about this yet.")]


def _step(action: str, say: list[str], *, digits: int = 0) -> dict[str, Any]:
    return {"action": action, "say": say, "digits": digits}
