"""The references of value: part of the table of references."""

from tests.access.cases import Case

VALUE_CASES: dict[str, Case] = {}
