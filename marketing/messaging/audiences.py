"""Who may be the recipients of a batch; other parts register theirs.

An audience turns what a batch asks for (JSON) into customers. The service of batches leaves out who
was merged away, who is out of scope of whoever launches, and who did not agree to the purpose. One
that changes from day to day is fixed at the launch: ``fix`` returns what is asked for from then on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from django.utils.translation import gettext_lazy as _

from crm_site.common.navigation import Label
from crm_site.staff.models import User
from customers.models import Customer
from marketing.messaging.errors import MessagingError

People = Callable[[Mapping[str, Any], datetime], Any]
Items = Callable[[Any], list[tuple[str, Any]]]
Words = Callable[[Mapping[str, Any]], Label]
FILTER: Final = "filter"
LIST: Final = "list"


class Fix(Protocol):
    """Fix who is meant when a batch is launched; ``use`` names the batch."""

    def __call__(
        self, asked: Mapping[str, Any], *, actor: User, now: datetime, use: str
    ) -> dict[str, Any]:
        """Return what is asked for from now on; raise RefusedError with what to do instead."""


@dataclass(frozen=True, slots=True)
class Audience:
    """One way to name recipients: ``people(asked, now)`` returns a query of customers.

    ``items(user)`` lists what one may choose among (segments, say); the chosen one is asked for as
    ``asked["item"]`` and called ``words(asked)``. Without it the audience is one choice; an
    ``is_hidden`` one is none.
    """

    key: str
    label: Label
    people: People
    items: Items | None = None
    words: Words | None = None
    fix: Fix | None = None
    is_hidden: bool = False


_audiences: dict[str, Audience] = {}


def register_audience(audience: Audience) -> None:
    """Make an audience known; registering again replaces it."""
    _audiences[audience.key] = audience


def audience_items(user: Any) -> list[tuple[str, Any]]:
    """Return what a user may choose as recipients: ``key`` or ``key:item`` with its words."""
    found: list[tuple[str, Any]] = []
    for one in _audiences.values():
        if one.is_hidden:
            continue
        items = (
            [(f"{one.key}:{item}", words) for item, words in one.items(user)] if one.items else None
        )
        found += [(one.key, one.label)] if items is None else items
    return found


def audience_words(key: str, asked: Mapping[str, Any]) -> Label:
    """Return what the recipients of a batch are called."""
    audience = _audiences.get(key)
    if audience is None:
        return key
    return audience.words(asked) if audience.words else audience.label


def people_of(key: str, asked: Mapping[str, Any], *, now: datetime) -> Any:
    """Return the customers that an audience means; raise RefusedError where nobody can tell."""
    return _known(key).people(asked, now)


def fixed_for(
    key: str, asked: Mapping[str, Any], *, actor: User, now: datetime, use: str
) -> dict[str, Any]:
    """Return what a batch asks for once it is launched; raise RefusedError as its audience does."""
    audience = _known(key)
    if audience.fix is None:
        return dict(asked)
    return audience.fix(asked, actor=actor, now=now, use=use)


def _known(key: str) -> Audience:
    if key not in _audiences:
        raise MessagingError(
            _("Nobody knows these recipients any longer. Choose other ones."), code="audience"
        )
    return _audiences[key]


def by_filter(asked: Mapping[str, Any], _now: datetime) -> Any:
    """Return customers by class and buying stage; nothing asked means everybody."""
    rows = Customer.objects.all()
    for name, column in (("classes", "customer_class"), ("stages", "buying_stage")):
        if asked.get(name):
            rows = rows.filter(**{f"{column}__in": list(asked[name])})
    return rows


def by_list(asked: Mapping[str, Any], _now: datetime) -> Any:
    """Return the customers whose keys are named."""
    return Customer.objects.filter(pk__in=[int(key) for key in asked.get("ids", ())])


def register() -> None:
    """Make the audiences of this part known."""
    register_audience(Audience(FILTER, _("By class and buying stage"), by_filter))
    register_audience(Audience(LIST, _("Customers chosen one by one"), by_list, is_hidden=True))
