"""The references of experience; part of the table of references."""

from tests.access.cases import Case

EXPERIENCE_CASES: dict[str, Case] = {}
