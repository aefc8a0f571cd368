"""References in what programs send: limited to what the asker may see, so no id tells of others."""

from collections.abc import Callable, Sequence
from typing import Any

from rest_framework import serializers

Rows = Callable[[Any], Any]
LARGEST_ID = 2**63 - 1


class ScopedSerializer(serializers.Serializer[Any]):
    """A serializer that names what each of its references may point to.

    ``scopes`` maps the field to a function of the asker that returns the rows; whatever lies
    outside is answered like an id that does not exist (A-03).
    """

    scopes: dict[str, Rows] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is None:
            return
        for name, rows in self.scopes.items():
            field: Any = self.fields[name]
            getattr(field, "child_relation", field).queryset = rows(request.user)


def reference(rows: Any, **options: Any) -> Any:
    """Return the field of a reference; ``rows`` are the empty rows of its model."""
    return serializers.PrimaryKeyRelatedField(queryset=rows, **options)


def id_field() -> serializers.IntegerField:
    """Return the field of an id among several, which ``named`` then reads in one query."""
    return serializers.IntegerField(min_value=1, max_value=LARGEST_ID)


def named(rows: Any, ids: Sequence[int]) -> list[Any]:
    """Return the rows with these ids in their order, each once; refuse one that is not there."""
    found = rows.in_bulk(ids)
    missing = next((one for one in ids if one not in found), None)
    if missing is not None:
        words = serializers.PrimaryKeyRelatedField.default_error_messages["does_not_exist"]
        raise serializers.ValidationError([words.format(pk_value=missing)])
    return [found[one] for one in dict.fromkeys(ids)]
