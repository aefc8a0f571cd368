"""Model fields of our own: encrypted text and the token column of the Chinese search."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Lookup

from crm_site.common.crypto import decrypt, encrypt


class EncryptedTextField(models.BinaryField):
    """Text kept as AES-256-GCM ciphertext; ``None`` stays. Cannot be filtered or ordered."""

    @property
    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None or isinstance(value, (bytes, memoryview)):
            return value if value is None else bytes(value)
        return encrypt(value, place=self._place)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Django's signature
        if not prepared:
            value = self.get_prep_value(value)
        return super().get_db_prep_value(value, connection, prepared=True)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> str | None:
        return None if value is None else decrypt(bytes(value), place=self._place)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")


class TokenField(SearchVectorField):
    """A ``tsvector`` filled from ready-made tokens, without any text-search dictionary."""

    def get_placeholder(self, value: Any, _compiler: Any, _connection: Any) -> str:
        return "%s" if hasattr(value, "as_sql") else "array_to_tsvector(%s::text[])"

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str) or hasattr(value, "as_sql"):
            return value
        return sorted(set(_non_empty(value)))


@TokenField.register_lookup
class MatchesTokens(Lookup):
    """``tokens__matches="'张三' & 'zs':*"``: the text is a finished ``tsquery``."""

    lookup_name = "matches"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return "%s::tsquery", (str(value),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}", (*left_params, *right_params)


def _non_empty(tokens: Iterable[str]) -> Iterable[str]:
    return (token for token in tokens if token)
