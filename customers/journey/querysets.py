"""Which items of a file stand, and how complete a file is: said once, in SQL, for all pages."""

from collections.abc import Sequence
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce

from customers.journey.rules import FileItem
from customers.property.models import AdverseFactor

FIGURES = (FileItem.PRICE.value, FileItem.AREA.value)


def stated_price(prefix: str = "") -> Any:
    """Return the agreed price as text, empty while nothing is agreed."""
    return Coalesce(Cast(f"{prefix}agreed_total", TextField()), Value(""))


def stated_area(prefix: str = "") -> Any:
    """Return the measured area as text, the forecast before."""
    area = Coalesce(F(f"{prefix}unit__measured_area"), F(f"{prefix}unit__forecast_area"))
    return Cast(area, TextField())


def applies(reference: Any, *, prefix: str = "") -> Q:
    """Return when a factor at ``prefix`` counts for a purchase; ``reference`` names its columns."""
    return Q(**{f"{prefix}ended_on": None}) & (
        Q(**{f"{prefix}unit": reference("unit")})
        | Q(**{f"{prefix}unit": None, f"{prefix}building": reference("unit__building")})
        | Q(
            **{
                f"{prefix}unit": None,
                f"{prefix}building": None,
                f"{prefix}project": reference("project"),
            }
        )
    )


class ToldItemQuerySet(models.QuerySet[Any]):
    """Questions about what was told."""

    def as_it_is(self) -> Self:
        """Return the rows that say what holds now, to the buyer of now."""
        holds = (
            Q(item=FileItem.PRICE.value, stated=stated_price("purchase__"))
            | Q(item=FileItem.AREA.value, stated=stated_area("purchase__"))
            | (Q(factor=None) & ~Q(item__in=FIGURES))
            | (
                Q(stated=F("factor__text"))
                & applies(lambda column: F(f"purchase__{column}"), prefix="factor__")
            )
        )
        return self.filter(holds, is_current=True, customer=F("purchase__customer"))

    def confirmed(self) -> Self:
        """Return the rows that the buyer of now confirmed and that still say what holds."""
        return self.as_it_is().filter(confirmed_on__isnull=False)


def with_file(purchases: QuerySet[Any], *, mandatory: Sequence[str]) -> QuerySet[Any]:
    """Return the purchases with ``file_total``, their mandatory items, and ``file_done``."""
    from customers.journey.models import ToldItem

    told = ToldItem.objects.filter(purchase=OuterRef("pk")).confirmed()
    told = told.filter(Q(item__in=list(mandatory)) | Q(factor__isnull=False))
    factors = AdverseFactor.objects.filter(applies(OuterRef))
    found: QuerySet[Any] = purchases.annotate(
        file_total=Value(len(mandatory)) + _number(factors), file_done=_number(told)
    )
    return found


def _number(rows: QuerySet[Any]) -> Any:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), Value(0))
