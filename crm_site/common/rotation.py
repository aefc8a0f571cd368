"""Writing everything encrypted anew under the newest key, so that the old one can go (A-31)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Substr

from crm_site.common.crypto import KEY_ID_BYTES, decrypt, encrypt, newest_key_id
from crm_site.common.fields import EncryptedTextField
from crm_site.common.idempotency import PLACE
from crm_site.common.models import AnsweredRequest

BATCH = 500


@dataclass(frozen=True, slots=True)
class Column:
    """One encrypted column, and the place its values are bound to."""

    model: type[models.Model]
    name: str
    place: str

    def __str__(self) -> str:
        return f"{self.model._meta.db_table}.{self.name}"


def columns() -> Iterator[Column]:
    """Yield every encrypted column of the product."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield Column(model, field.name, f"{model._meta.db_table}.{field.column}")
    yield Column(AnsweredRequest, "body", PLACE)


def count_old(column: Column) -> int:
    """Return how many values of ``column`` are under another key than the newest."""
    return int(_old(column).count())


def rotate(column: Column) -> int:
    """Write the values of ``column`` under older keys anew, in batches; return how many.

    Safe to stop and to run again, also while people work: rows are locked while they are written.
    """
    done, last = 0, None
    while keys := _next(column, last):
        with transaction.atomic():
            done += _rewrite(column, keys)
        last = keys[-1]
    return done


def _next(column: Column, last: Any) -> list[Any]:
    rows = _old(column) if last is None else _old(column).filter(pk__gt=last)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _rewrite(column: Column, keys: list[Any]) -> int:
    rows = _old(column).filter(pk__in=keys).select_for_update().defer(column.name)
    found = list(rows)
    for row in found:
        text = decrypt(bytes(row.cipher_bytes), place=column.place)  # type: ignore[attr-defined]
        setattr(row, column.name, encrypt(text, place=column.place))
    column.model._base_manager.bulk_update(found, [column.name])
    return len(found)


def _old(column: Column) -> Any:
    """Return the rows whose value is under an older key, its bytes as ``cipher_bytes``."""
    plain = models.ExpressionWrapper(models.F(column.name), output_field=models.BinaryField())
    rows = column.model._base_manager.exclude(**{column.name: None}).exclude(**{column.name: b""})
    head = Substr("cipher_bytes", 1, KEY_ID_BYTES, output_field=models.BinaryField())
    return (
        rows.annotate(cipher_bytes=plain)
        .annotate(cipher_key=head)
        .exclude(cipher_key=newest_key_id())
    )
