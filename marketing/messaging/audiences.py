"""Who may be the recipients of a batch; other parts register theirs.

An audience turns what a batch asks for (JSON) into customers. The service of batches leaves out who
was merged away, who is out of scope of whoever launches, and who did not agree to the purpose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.common.navigation import Label
from customers.models import Customer

People = Callable[[Mapping[str, Any], datetime], Any]
Items = Callable[[Any], list[tuple[str, Any]]]
FILTER: Final = "filter"
LIST: Final = "list"


@dataclass(frozen=True, slots=True)
class Audience:
    """One way to name recipients: ``people(asked, now)`` returns a query of customers.

    ``items(user)`` lists what one may choose among (segments, say); the chosen one is asked for as
    ``asked["item"]``. Without it the audience is one choice; an ``is_hidden`` one is none.
    """

    key: str
    label: Label
    people: People
    items: Items | None = None
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


def audience_word(key: str) -> Label:
    """Return what an audience is called."""
    return _audiences[key].label if key in _audiences else key


def people_of(key: str, asked: Mapping[str, Any], *, now: datetime) -> Any:
    """Return the customers that an audience means; raise LookupError for an unknown one."""
    return _audiences[key].people(asked, now)


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
