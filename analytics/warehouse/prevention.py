"""The four modules that prevent churn: how far each reaches, and what happened then (ANA-73).

Coverage is counted from the rows of each mechanism; a mechanism whose rows do not exist yet for a
place and period has no figure. The comparison of churn looks back and does not prove a cause.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.kpis.kinds import DAY, Asking, Reading, ScopeKind, day_of
from analytics.kpis.registry import kpi_of
from analytics.kpis.rules.formulas import share
from analytics.kpis.services.reading import obstacle
from analytics.kpis.sources import in_place
from customers.models import ConstructionNode, Interaction, Meeting, Unit
from customers.pricing.models import PriceLetter, UnitPrice
from customers.pricing.rules import ListState
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState
from customers.signing.models import SigningRequest
from customers.signing.rules import SigningState
from customers.works.models import NodeReport

LOST: Final = [PurchaseState.CANCELLED.value, PurchaseState.REFUNDED.value]
LOOK_BACK: Final = dt.timedelta(days=365)
SOON: Final = dt.timedelta(days=30)
PATHS: Final[Mapping[ScopeKind, str]] = {
    ScopeKind.REGION: "project__node__region",
    ScopeKind.PROJECT: "project",
}
PURCHASE_PATHS: Final[Mapping[ScopeKind, str]] = {
    **PATHS,
    ScopeKind.TEAM: "consultant__node",
    ScopeKind.CONSULTANT: "consultant",
}
MEETING_PATHS: Final[Mapping[ScopeKind, str]] = {
    **PATHS,
    ScopeKind.TEAM: "owner__node",
    ScopeKind.CONSULTANT: "owner",
}
Read = Callable[[Asking], Reading]


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Something a module does: its words, how far it reaches (a share), and its page."""

    key: str
    label: Any
    counted: Any
    right: str
    read: Read
    page: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One of the four modules; ``reached`` tells which purchases it reached, of ``states`` only."""

    key: str
    label: Any
    purpose: Any
    mechanisms: tuple[Mechanism, ...]
    reached: Callable[[], Q]
    reached_words: Any
    signed_only: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """A mechanism with its figure in a place and period."""

    mechanism: Mechanism
    reading: Reading
    url: str


@dataclass(frozen=True, slots=True)
class Churn:
    """Purchases lost of those a module reached and of the others; difference in points."""

    reached: Reading
    others: Reading

    @property
    def difference(self) -> Decimal | None:
        """Return by how many points fewer were lost of those reached; None without one side."""
        if self.reached.value is None or self.others.value is None:
            return None
        return self.others.value - self.reached.value


@dataclass(frozen=True, slots=True)
class Shown:
    """A module as the page prints it."""

    module: Module
    coverages: Sequence[Coverage]
    mean: Decimal | None
    churn: Churn


def modules(asking: Asking) -> list[Shown]:
    """Return the four modules in a place and period, as far as the asker may see."""
    user = asking.user
    found = []
    for module in MODULES:
        coverages = [
            Coverage(
                mechanism,
                mechanism.read(asking),
                reverse(mechanism.page) if mechanism.page else "",
            )
            for mechanism in module.mechanisms
            if user is None or user.has_perm(mechanism.right)
        ]
        known = [each.reading.value for each in coverages if each.reading.value is not None]
        mean = sum(known, Decimal(0)) / len(known) if known else None
        found.append(Shown(module, coverages, mean, churn(module, asking)))
    return found


def churn(module: Module, asking: Asking) -> Churn:
    """Return how many purchases of the year up to the end of the period were lost, in one query.

    Lost: cancelled or given back by then. Of modules that begin at the contract, contracts only.
    """
    end = asking.seen_at
    begun = "signed_at" if module.signed_only else "subscribed_at"
    rows = Purchase.objects.filter(**{f"{begun}__gte": end - LOOK_BACK, f"{begun}__lt": end})
    rows = _seen(in_place(rows, asking.place, PURCHASE_PATHS), asking)
    rows = rows.annotate(
        is_reached=Case(When(module.reached(), then=Value(True)), default=Value(False)),  # noqa: FBT003
    )
    lost = Q(state__in=LOST, ended_at__lt=end)
    sums = rows.aggregate(
        reached=Count("pk", filter=Q(is_reached=True)),
        reached_lost=Count("pk", filter=Q(is_reached=True) & lost),
        others=Count("pk", filter=Q(is_reached=False)),
        others_lost=Count("pk", filter=Q(is_reached=False) & lost),
    )
    return Churn(
        share(Decimal(sums["reached_lost"]), sums["reached"]),
        share(Decimal(sums["others_lost"]), sums["others"]),
    )


# what each mechanism counts --------------------------------------------------------------------
def _seen(rows: Any, asking: Asking) -> Any:
    return rows if asking.user is None else rows.visible_to(asking.user)


def _share(rows: Any, hit: Q) -> Reading:
    sums = rows.order_by().aggregate(n=Count("pk"), top=Count("pk", filter=hit))
    return share(Decimal(sums["top"]), sums["n"])


def _priced(asking: Asking) -> Reading:
    """Units with an approved price, which is what the wall shows, of all units (MKT-49)."""
    prices = UnitPrice.objects.filter(
        unit=OuterRef("pk"),
        price_list__state=ListState.APPROVED.value,
        price_list__effective_at__lte=asking.seen_at,
    )
    rows = _seen(in_place(Unit.objects.all(), asking.place, PATHS), asking)
    return _share(rows, Q(Exists(prices)))


def _subscribed(asking: Asking) -> Any:
    rows = Purchase.objects.filter(
        subscribed_at__gte=asking.period.begins_at, subscribed_at__lt=asking.seen_at
    )
    return _seen(in_place(rows, asking.place, PURCHASE_PATHS), asking)


def _letters() -> Q:
    found = PriceLetter.objects.filter(
        customer=OuterRef("customer"),
        unit=OuterRef("unit"),
        valid_from__lte=OuterRef("subscribed_at") + SOON,
    )
    return Q(Exists(found))


def _promised(asking: Asking) -> Reading:
    """Subscriptions of the period with a commitment letter for the same home (MKT-50)."""
    return _share(_subscribed(asking), _letters())


def _accepted_outside(asking: Asking) -> Reading:
    """Key building nodes of the period that an outside report let pass (SVC-97)."""
    end = min(asking.period.end, day_of(asking.now) + DAY)
    nodes = ConstructionNode.objects.filter(
        is_key=True, reached_on__gte=asking.period.start, reached_on__lt=end
    )
    passed = NodeReport.objects.filter(node=OuterRef("pk"), has_passed=True)
    return _share(
        _seen(in_place(nodes, asking.place, PATHS), asking), Q(result="passed") & Q(Exists(passed))
    )


def _signed_online(asking: Asking) -> Reading:
    """Contracts of the period that were signed online (CUS-65)."""
    rows = Purchase.objects.filter(
        signed_at__gte=asking.period.begins_at, signed_at__lt=asking.seen_at
    )
    return _share(_seen(in_place(rows, asking.place, PURCHASE_PATHS), asking), _online())


def _online() -> Q:
    found = SigningRequest.objects.filter(purchase=OuterRef("pk"), state=SigningState.SIGNED.value)
    return Q(Exists(found))


def _booked_online(asking: Asking) -> Reading:
    """Viewings of the period that were booked on the web (CUS-61)."""
    rows = Meeting.objects.filter(
        kind="viewing", starts_at__gte=asking.period.begins_at, starts_at__lt=asking.seen_at
    ).exclude(state="cancelled")
    return _share(_seen(in_place(rows, asking.place, MEETING_PATHS), asking), ~Q(link=""))


def _passed_outside() -> Q:
    found = NodeReport.objects.filter(
        node__project=OuterRef("project"), node__is_key=True, has_passed=True
    )
    return Q(Exists(found))


def _looked_after() -> Q:
    found = Interaction.objects.filter(
        customer=OuterRef("customer"),
        is_automatic=False,
        at__gte=OuterRef("subscribed_at"),
        at__lt=OuterRef("subscribed_at") + SOON,
    ).exclude(channel="note")
    return Q(Exists(found))


HANDOVER, FIRST_TOUCH, CALLBACKS = OF_KPIS = (
    "handover_rate",
    "sla_first_touch",
    "callback_coverage",
)


def _of_kpi(key: str) -> Read:
    def read(asking: Asking) -> Reading:
        kpi = kpi_of(key)
        return obstacle(kpi, asking) or kpi.read(asking)

    return read


VIEW_UNITS, VIEW_CUSTOMERS = "customers.view_units", "customers.view_customer"
MODULES: Final = (
    Module(
        "price",
        _("Price transparency"),
        _("Nobody learns of a price by accident, and nobody fears a cut after signing."),
        (
            Mechanism(
                "wall",
                _("Price wall"),
                _("Units with a published price ÷ all units"),
                VIEW_UNITS,
                _priced,
                "customers:price-lists",
            ),
            Mechanism(
                "letter",
                _("Price commitment letter"),
                _("Subscriptions with a letter ÷ subscriptions of the period"),
                VIEW_UNITS,
                _promised,
                "customers:price-letter-list",
            ),
        ),
        _letters,
        _("with a commitment letter"),
    ),
    Module(
        "delivery",
        _("Delivery quality"),
        _("What is handed over was looked at by others first."),
        (
            Mechanism(
                "outside",
                _("Third-party joint acceptance"),
                _("Key nodes passed with an outside report ÷ key nodes reached in the period"),
                VIEW_UNITS,
                _accepted_outside,
            ),
            Mechanism(
                "handover",
                _("Handover rate"),
                _("Homes taken over ÷ homes invited for the period"),
                VIEW_UNITS,
                _of_kpi(HANDOVER),
                "customers:delivery-units",
            ),
        ),
        _passed_outside,
        _("in projects with an outside acceptance"),
    ),
    Module(
        "digital",
        _("Digital service"),
        _("What can be done from home need not be waited for."),
        (
            Mechanism(
                "signing",
                _("Online signing"),
                _("Contracts signed online ÷ contracts signed in the period"),
                VIEW_UNITS,
                _signed_online,
            ),
            Mechanism(
                "viewing",
                _("Viewings booked online"),
                _("Viewings booked on the web ÷ viewings of the period"),
                VIEW_CUSTOMERS,
                _booked_online,
                "customers:viewing-list",
            ),
        ),
        _online,
        _("signed online"),
        signed_only=True,
    ),
    Module(
        "relations",
        _("Customer relations"),
        _("Everybody hears from us in time, before and after a complaint."),
        (
            Mechanism(
                "first",
                _("First contact within 24 h"),
                _("Enquiries answered in time ÷ enquiries due in the period"),
                VIEW_CUSTOMERS,
                _of_kpi(FIRST_TOUCH),
            ),
            Mechanism(
                "callback",
                _("Callback coverage"),
                _("Called back ÷ tickets told a solution in the period"),
                "service.view_tickets",
                _of_kpi(CALLBACKS),
            ),
        ),
        _looked_after,
        _("spoken to within 30 days of subscribing"),
    ),
)
