"""The references of attribution: part of the table of references."""

from tests.access.cases import Case

ATTRIBUTION_CASES: dict[str, Case] = {}
