"""The references of campaigns: part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World

BUDGETS = "/budgets/move/?year={budget_year}"
ALLOCATE = "/costs/{cost_id}/allocate/"


def _campaign(world: World) -> dict[str, Any]:
    return {
        "name": "x",
        "code": "another",
        "kind": "event",
        "phase": "peak",
        "owner": world.people["marketing"].pk,
        "starts_on": "2030-01-01",
        "ends_on": "2030-01-31",
        "aim": "x",
        "budget": "0",
        "expected_exposure": "0",
        "expected_leads": "0",
        "expected_visits": "0",
        "expected_deals": "0",
    }


def _cost(_world: World) -> dict[str, Any]:
    return {"on": "2030-01-01", "amount": "1", "note": "x", "item": "media", "kind": "sales"}


def _reason(_world: World) -> dict[str, Any]:
    return {"reason": "x"}


def _brief(world: World) -> dict[str, Any]:
    own = {"owner": world.people["marketing"].pk, "project": world.project.pk}
    return {"phase": "peak", "brief": "x"} | own


def _move(end: str) -> Any:
    return lambda world: {
        end: world.service["budget_id"],
        "amount": "1",
        "reason": "x",
    }


def _said(_world: World) -> dict[str, Any]:
    return {"kind": "feedback", "text": "x", "at": "2026-01-01T10:00"}


PLACES = (("project", "project"), ("campaign", "campaign"), ("placement", "publicity"))
CAMPAIGNS_CASES: dict[str, Case] = {
    "CampaignForm.project": Case("marketing", "/campaigns/add/", "project", "project", _campaign),
    "CampaignForm.owner": Case("marketing", "/campaigns/add/", "owner", "person", _campaign),
    "CampaignForm.goal": Case("marketing", "/campaigns/add/", "goal", "goal", _campaign),
    "LoopForm.answers": Case(
        "marketing", "/campaigns/{campaign_id}/loop/", "answers", "feedback", _said
    ),
    "ProjectBudgetForm.project": Case(
        "executive",
        "/budgets/add/?parent={company_budget_id}",
        "project",
        "project",
        lambda _w: {"amount": "1"},
    ),
    "MoveForm.source": Case("marketing", BUDGETS, "source", "budget", _move("target")),
    "MoveForm.target": Case("marketing", BUDGETS, "target", "budget", _move("source")),
    "BriefForm.project": Case("marketing", "/marketing-plans/add/", "project", "project", _brief),
    "BriefForm.owner": Case("marketing", "/marketing-plans/add/", "owner", "person", _brief),
    **{
        f"CostAskForm.{name}": Case("marketing", "/costs/add/", name, of, _cost)
        for name, of in PLACES
    },
    **{
        f"{form}.{name}": Case("finance", ALLOCATE, name, of, _reason)
        for form in ("CostPlaceForm", "AllocateForm")
        for name, of in PLACES
    },
}
