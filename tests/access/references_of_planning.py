"""The references of planning: part of the table of references."""

from tests.access.cases import Case

PLANNING_CASES: dict[str, Case] = {
    "SendForm.sheet": Case(
        "consultant",
        "/customers/{customer}/sheets/",
        "sheet",
        "sheet",
        lambda _world: {"channel": "paper"},
    ),
}
