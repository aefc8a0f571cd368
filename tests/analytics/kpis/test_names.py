"""A KPI is named by key in many places; a key nothing stands behind stops the start."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from analytics.dashboards import boards
from analytics.dashboards.selectors.cards import known_kpis
from analytics.improvement.rules.appraisal import KPIS
from analytics.improvement.rules.programme import DIMENSIONS
from analytics.improvement.services.rewards import ADJUSTED_BY
from analytics.kpis import registry
from analytics.kpis.kinds import COMPANY
from analytics.reviews.rules.report import BLOCKS
from analytics.warehouse.rules.effects import EFFECTS


def every_key() -> set[str]:
    """Return each key that a table of the product names, read from the tables themselves."""
    found = {effect.kpi for effect in EFFECTS} | set(KPIS.values()) | set(ADJUSTED_BY)
    for board in boards.BOARDS:
        found |= {*board.cards, *board.ranking, board.heat}
    for keys in (*(party[-1] for party in boards.PARTIES), *BLOCKS.values(), *DIMENSIONS.values()):
        found |= set(keys)
    for top, below in boards.TREE:
        found |= {top, *below}
    return found | {boards.TREE_ROOT}


def test_a_kpi_stands_behind_every_key_that_is_named() -> None:
    known = {kpi.key for kpi in registry.all_kpis()} | {
        f"@{kpi.spec}" for kpi in registry.all_kpis()
    }
    assert every_key() - known == set()
    told = {name for found in registry.names().values() for name in found}
    assert every_key() - told == set(), "told when the site starts, so that it can be refused"
    assert told - known == set()
    registry.refuse_unknown()


@pytest.mark.parametrize("name", ["tickets_openend", "@ANA-0"])
def test_the_start_is_refused_with_the_place_and_the_key(monkeypatch, name: str) -> None:
    monkeypatch.setattr(registry, "_NAMED", {"dashboard service": ("csat", name)})
    with pytest.raises(ImproperlyConfigured, match=f"dashboard service: {name}"):
        registry.refuse_unknown()


def test_a_dashboard_passes_over_no_unknown_key() -> None:
    user = SimpleNamespace(has_perm=lambda _right: True)
    asked = SimpleNamespace(user=user, place=COMPANY)
    assert [kpi.key for kpi in known_kpis(("csat", "nps"), asked, most=2)] == ["csat", "nps"]
    with pytest.raises(registry.UnknownKpiError):
        known_kpis(("csat", "no_such_figure"), asked, most=2)
