"""No text makes an expression work much longer than its length says (A-28)."""

import re

import pytest

from tests.architecture.regexes import Expression, expressions, slow_text

pytestmark = pytest.mark.check("A-28")
FEWEST = 60  # expressions that the product had when this was written, less a few
DANGEROUS = (r"^(\w+\s?)*$", r"\s+$", r"^(a|a)*$", r"[a-z]+-\d", r"(\d+)*-")


def test_every_expression_works_in_step_with_the_text() -> None:
    found = expressions()
    assert len(found) >= FEWEST
    slow = {one.where: slow_text(one) for one in found}
    assert {where: text for where, text in slow.items() if text} == {}


@pytest.mark.parametrize("pattern", DANGEROUS)
def test_expressions_known_to_explode_are_found(pattern: str) -> None:
    """The negative control: one line of 30,000 characters would hold a worker for minutes."""
    assert slow_text(Expression(re.compile(pattern), "here"))
