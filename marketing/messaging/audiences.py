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
FILTER: Final = "filter"
LIST: Final = "list"


@dataclass(frozen=True, slots=True)
class Audience:
    """One way to name recipients: ``people(asked, now)`` returns a query of customers."""

    key: str
    label: Label
    people: People


_audiences: dict[str, Audience] = {}


def register_audience(audience: Audience) -> None:
    """Make an audience known; registering again replaces it."""
    _audiences[audience.key] = audience


def audience_words() -> list[tuple[str, Any]]:
    """Return the audiences as choices."""
    return [(one.key, one.label) for one in _audiences.values()]


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
    register_audience(Audience(LIST, _("Customers chosen one by one"), by_list))
