"""Rows that point at one customer made to point at another, and back (BEY-01).

Every foreign key to the customer is found in the models, those of other apps included. Rows that
the other record has as well (the same tag, the same opt-out) stay where they are.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, ForeignKey, Model, OuterRef, Q, QuerySet, UniqueConstraint

from customers.models import Customer, IntentRegistration

# Belong to the record itself, not to the person: merges, suggestions, and what jobs compute.
STAYING = frozenset(
    {
        "customers.Customer.merged_into",
        "customers.Merge.kept",
        "customers.Merge.gone",
        "customers.DuplicateSuggestion.left",
        "customers.DuplicateSuggestion.right",
        "customers.CustomerGrade.customer",
        "customers.CustomerStanding.customer",
        "analytics.ChurnScore.customer",
        "analytics.OwnerHealth.customer",
        "analytics.ClusterMember.customer",
        "analytics.CustomerValue.customer",
        "analytics.LikelyValue.customer",
        "analytics.PurchaseIntent.customer",
        "marketing.InvestorInterest.customer",
        "marketing.ProgrammeStep.customer",
    }
)
FAR = 1_000_000


@dataclass(frozen=True, slots=True)
class Move:
    """Rows of one table whose column changed from one key to another."""

    model: str
    field: str
    ids: list[Any]
    was: int | None
    now: int | None


def links() -> Iterator[tuple[type[Model], "ForeignKey[Any, Any]"]]:
    """Return each foreign key to the customer with its model."""
    for relation in Customer._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            yield relation.related_model, relation.field  # type: ignore[union-attr,misc]


def link_name(model: type[Model], field: "ForeignKey[Any, Any]") -> str:
    """Return how a link is written in ``STAYING``."""
    return f"{model._meta.label}.{field.name}"


def move_rows(*, gone: int, kept: int) -> list[Move]:
    """Let what points at ``gone`` point at ``kept``; return what moved."""
    moves = []
    for model, field in links():
        if link_name(model, field) in STAYING:
            continue
        ids = list(_movable(model, field, gone=gone, kept=kept).values_list("pk", flat=True))
        if ids:
            change(Move(model._meta.label, field.name, ids, gone, kept))
            moves.append(Move(model._meta.label, field.name, ids, gone, kept))
    return moves


def change(move: Move) -> None:
    """Write what ``move`` says onto its rows that still hold the former key."""
    model = apps.get_model(move.model)
    rows = model._base_manager.filter(pk__in=move.ids, **{move.field: move.was})
    rows.update(**{move.field: move.now})


def change_back(move: dict[str, Any]) -> None:
    """Undo a move as the journal keeps it; rows that went elsewhere meanwhile stay there."""
    change(Move(move["model"], move["field"], move["ids"], move["now"], move["was"]))


def as_json(moves: list[Move]) -> list[dict[str, Any]]:
    """Return moves as the journal keeps them."""
    return [asdict(move) for move in moves]


def renumber_intents(*, gone: int, kept: int) -> dict[str, int]:
    """Number the registered intents of both in the order of time; return the former numbers."""
    rows = IntentRegistration.objects.filter(customer__in=(gone, kept)).order_by("at", "pk")
    former = dict(rows.values_list("pk", "version"))
    if len(set(rows.values_list("customer_id", flat=True))) < 2:
        return {}
    _number({pk: place for place, pk in enumerate(former, start=1)})
    return {str(pk): version for pk, version in former.items()}


def renumber_back(former: dict[str, int]) -> None:
    """Give intents the numbers they had; call it once the rows are back."""
    _number({int(pk): version for pk, version in former.items()})


def _number(wanted: dict[int, int]) -> None:
    """Write versions in two steps, so that no number is met twice on the way."""
    if not wanted:
        return
    rows = IntentRegistration.objects.filter(pk__in=wanted)
    rows.update(version=F("version") + FAR)
    intents = list(rows)
    for intent in intents:
        intent.version = wanted[intent.pk]
    IntentRegistration.objects.bulk_update(intents, ["version"])


def _movable(
    model: type[Model], field: "ForeignKey[Any, Any]", *, gone: int, kept: int
) -> QuerySet[Any]:
    rows = model._base_manager.filter(**{field.name: gone})
    if field.unique:
        return rows.none()
    if model is Customer:
        return rows.exclude(pk=kept)
    for other in model._meta.concrete_fields:
        if other is not field and other.related_model is Customer:
            rows = rows.exclude(**{other.name: kept})
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and field.name in constraint.fields:
            rows = rows.exclude(_taken(model, field, constraint, kept=kept))
    return rows


def _taken(
    model: type[Model], field: "ForeignKey[Any, Any]", constraint: UniqueConstraint, *, kept: int
) -> Exists:
    others = {name: OuterRef(name) for name in constraint.fields if name != field.name}
    same = model._base_manager.filter(constraint.condition or Q(), **{field.name: kept}, **others)
    return Exists(same)
