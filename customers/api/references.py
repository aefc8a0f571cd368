"""References in what programs send: limited to what the asker may see, so no id tells of others."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

Rows = Callable[[Any], Any]


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
