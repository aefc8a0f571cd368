"""Path converters: ids that fit into a bigint column, so that huge numbers are simply not found."""

from django.urls import register_converter


class BigIdConverter:
    """A positive id of at most 18 ASCII digits (a bigint holds 19)."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """Return the id."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return the id as text."""
        return str(int(value))


def register() -> None:
    """Make ``<bigid:…>`` known to the URL resolver."""
    register_converter(BigIdConverter, "bigid")


register()
