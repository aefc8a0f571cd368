"""Leaves out the runners whose kind the folder in GOLDEN_DIR does not hold."""

from tests.golden.known_answers import kinds, runners

collect_ignore = [f"test_{kind}.py" for kind in runners() if kind not in kinds()]
