"""The references of surveys; part of the table of references."""

from tests.access.cases import Case

SURVEYS_CASES: dict[str, Case] = {}
