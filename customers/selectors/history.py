"""What happened to a customer besides the talks, in one statement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from customers import choices
from customers.rules.axes import Channel, Result
from customers.services.assessment import REFUSED
from customers.services.changing_hands import BY_JOB, BY_SILENCE, FROM_POOL
from customers.services.classes import VALUE_TEST
from customers.services.stages import NEW_ENQUIRY
from customers.vocabulary import CAPTURE_POINTS, JOURNEY_POINTS

# Kind, moment, four texts: the last ten captures and changes of grade, class and owner, and the
# number of visits (up to a hundred) with the moment of the last. Further kinds are registered.
# Former grades and scores of a customer without a grade, who refused it, are not shown.
FIRST_KINDS = f"""
(SELECT 'source', at, capture_point::text, source::text, '', ''
    FROM customers_sourceevent WHERE customer_id = %(customer)s ORDER BY at DESC LIMIT 10)
UNION ALL
(SELECT 'grade', at, from_grade::text, to_grade::text, score::text, policy_version::text
    FROM customers_gradeevent WHERE customer_id = %(customer)s AND (to_grade = '' OR EXISTS (
        SELECT 1 FROM customers_customergrade WHERE customer_id = %(customer)s))
    ORDER BY at DESC LIMIT 10)
UNION ALL
(SELECT 'class', at, from_class::text, to_class::text, reason::text, ''
    FROM customers_classevent WHERE customer_id = %(customer)s ORDER BY at DESC LIMIT 10)
UNION ALL
(SELECT 'owner', e.at, coalesce(u.name, ''), e.reason::text, '', ''
    FROM customers_ownershipevent e LEFT JOIN staff_user u ON u.id = e.to_owner_id
    WHERE e.customer_id = %(customer)s ORDER BY e.at DESC LIMIT 10)
UNION ALL
SELECT 'visits', max(at), count(*)::text, '', '', '' FROM (
    SELECT at FROM customers_interaction
    WHERE customer_id = %(customer)s
        AND (channel = '{Channel.VISIT.value}' OR result = '{Result.VISITED.value}')
    ORDER BY at DESC LIMIT 100) visit
"""  # noqa: S608 -- constants of the code


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One line of the timeline; ``kind`` is what the filter chips offer."""

    kind: str
    icon: str
    tone: str
    title: str
    at: datetime
    text: str = ""
    meta: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class CapturePointLine:
    """Where and when the customer was captured."""

    point: str
    at: datetime


@dataclass(slots=True)
class History:
    """What happened: the lines of the timeline, where the customer was captured, the visits."""

    items: list[TimelineItem] = field(default_factory=list)
    capture_points: list[CapturePointLine] = field(default_factory=list)
    visits: int = 0
    last_visit: datetime | None = None


def read_history(customer_id: int, *, sources: Mapping[str, str]) -> History:
    """Return what happened to the customer; ``sources`` are the words for the sources."""
    history = History()
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"customer": customer_id})
        rows = cursor.fetchall()
    for kind, at, *texts in rows:
        if kind == "visits":
            history.visits, history.last_visit = int(texts[0]), at
            continue
        if kind == "source":
            code, words = texts[0], CAPTURE_POINTS | JOURNEY_POINTS
            point = str(words.get(code, code))
            history.capture_points.append(CapturePointLine(point, at))
            is_point = "journey" if code in JOURNEY_POINTS else ""
            texts = [point, sources.get(texts[1], texts[1]), is_point, ""]
        icon, title, text, *url = _PRINTED[kind](*texts)
        history.items.append(TimelineItem("system", icon, "", title, at, text, url="".join(url)))
    return history


def register_history(kind: str, select: str, printed: Callable[..., "Printed"]) -> None:
    """Add a kind of line to every timeline.

    ``select`` is a statement without outer brackets that gives the kind, the moment and four texts
    for ``%(customer)s``, newest first and limited to ten; ``printed`` turns the four texts into
    icon, title, text and, if there is one, the address of a page. Called from ``AppConfig.ready``.
    """
    _FURTHER[kind] = f"({select})"
    _PRINTED[kind] = printed


def _statement() -> str:
    return "\nUNION ALL\n".join([FIRST_KINDS, *_FURTHER.values()])


def reason_text(reason: str) -> str:
    """Return why something happened in the current language; what a person wrote stays."""
    fixed = {
        BY_JOB: _("Shared out by the system"),
        FROM_POOL: _("Taken from the pool"),
        BY_SILENCE: _("No contact for too long"),
        VALUE_TEST: _("Test of value"),
        NEW_ENQUIRY: _("A new enquiry"),
        REFUSED: _("The customer refuses grades and forecasts by machine."),
        "import_revert": _("Import reverted"),
    }
    states = {f"lead:{value}": label for value, label in choices.LEAD_STATES}
    if reason.startswith("rule:"):
        return _("By the churn rule")
    if reason in states:
        return _("Lead: %(state)s") % {"state": states[reason]}
    return fixed.get(reason, reason)


Printed = tuple[str, ...]  # icon, title, text; with a page of its own its address as well


def _captured(point: str, source: str, journey: str, *_none: str) -> Printed:
    if journey:
        return "pin", point, _("Source: %(source)s") % {"source": source}
    return "flag", _("Captured: %(source)s") % {"source": source}, point


def _regraded(old: str, new: str, score: str, version: str) -> Printed:
    if not new:
        return "star", _("Not assessed any more"), reason_text(REFUSED)
    title = _("Grade %(old)s → %(new)s") % {"old": old or "--", "new": new}
    text = _("Score %(score)s, policy version %(version)s")
    return "star", title, text % {"score": score, "version": version}


def _moved(old: str, new: str, reason: str, *_none: str) -> Printed:
    classes = dict(choices.CUSTOMER_CLASSES)
    return "tag", f"{classes.get(old, '--')} → {classes.get(new, '--')}", reason_text(reason)


def _assigned(name: str, reason: str, *_none: str) -> Printed:
    title = _("Assigned to %(name)s") % {"name": name or _("customer pool")}
    return "swap", title, reason_text(reason)


_FURTHER: dict[str, str] = {}
_PRINTED: dict[str, Callable[..., Printed]] = {
    "source": _captured,
    "grade": _regraded,
    "class": _moved,
    "owner": _assigned,
}
