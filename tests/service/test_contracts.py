"""The rules of every part of the service desk stand under the contract of pure rules."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_rules_of_a_part_are_left_out():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    [pure] = [each for each in contracts if each["name"] == "Rules are pure"]
    found = {
        f"service.{path.parent.name}.rules"
        for path in (ROOT / "service").glob("*/rules*")
        if path.stem == "rules"
    }
    listed = {name for name in pure["source_modules"] if name.startswith("service.")}
    assert found == listed
    assert len(found) == 10
