"""The references of knowledge; part of the table of references."""

from typing import Any

from tests.access.cases import Case, in_days
from tests.access.conftest import World


def article(_world: World) -> dict[str, Any]:
    return {
        "title": "如何验房",
        "answer": "带上合同，逐间查看。",
        "audience": "staff",
        "language": "zh-hans",
        "effective_from": f"{in_days(0):%Y-%m-%d}",
    }


def item(_world: World) -> dict[str, Any]:
    return {"code": "windows", "name": "擦窗", "line": "value_added", "stage": "after_sale"}


def unit(world: World) -> dict[str, Any]:
    lead, node = world.people["agent"].pk, world.org.region_east.pk
    return {"function": "quality", "lead": lead, "node": node}


def work(_world: World) -> dict[str, Any]:
    return {"title": "月度回访", "duty": "plan", "due_on": f"{in_days(3):%Y-%m-%d}"}


LEADS = "service_manager"
KNOWLEDGE_CASES: dict[str, Case] = {
    "ArticleForm.holder": Case(LEADS, "/knowledge/add/", "holder", "manager", article),
    "AssignForm.owner of questions": Case(
        "agent", "/knowledge/missing/{missing_id}/assign/", "owner", "manager"
    ),
    "BookForm.customer": Case(
        "consultant", "/services/{service_item_id}/book/", "customer", "customer"
    ),
    "ItemForm.owner of services": Case(LEADS, "/services/add/", "owner", "manager", item),
    "UnitForm.lead": Case(LEADS, "/centre/add/", "lead", "manager", unit),
    "UnitForm.node": Case(LEADS, "/centre/add/", "node", "place", unit),
    "WorkForm.owner": Case(LEADS, "/centre/{centre_unit_id}/tasks/", "owner", "manager", work),
}
