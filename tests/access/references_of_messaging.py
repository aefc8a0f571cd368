"""The references of messaging: part of the table of references."""

from typing import Any

from marketing.messaging.models import MessageTemplate
from tests.access.cases import Case
from tests.access.conftest import World


def _text(_world: World) -> dict[str, Any]:
    return {"name": "x", "purpose": "marketing", "title": "x", "body": "x"}


def _batch(world: World) -> dict[str, Any]:
    text = MessageTemplate.objects.get(pk=world.service["message_text_id"])
    return {
        "name": "x",
        "template": text.pk,
        "channel": "best",
        "recipients": "filter",
        "starts_at": "2030-01-01T09:00",
        "ends_at": "2030-01-02T09:00",
        "hour_from": 9,
        "hour_until": 20,
    }


def _flow(_world: World) -> dict[str, Any]:
    return {"name": "x", "trigger": "birthday"}


def _experiment(_world: World) -> dict[str, Any]:
    return {
        "title": "x",
        "kind": "offer",
        "metric": "reply",
        "window_days": 7,
        "base_rate": "10",
        "goal_rate": "20",
        "a_name": "x",
        "b_name": "y",
    }


def _decision(_world: World) -> dict[str, Any]:
    return {"decision": "adopt", "reason": "x"}


BATCHES, STEPS = "/messages/batches/add/", "/messages/flows/{message_flow_id}/steps/add/"
DECIDE = "/experiments/{experiment_id}/decide/"
MESSAGING_CASES: dict[str, Case] = {
    "TextForm.project": Case("marketing", "/messages/texts/add/", "project", "project", _text),
    "BatchForm.project": Case("marketing", "/messages/batches/add/", "project", "project", _batch),
    "BatchForm.template": Case("marketing", BATCHES, "template", "message_text", _batch),
    "BatchForm.experiment": Case("marketing", BATCHES, "experiment", "experiment", _batch),
    "StepForm.template": Case(
        "marketing", STEPS, "template", "message_text", lambda _w: {"kind": "message"}
    ),
    "DecisionForm.winner": Case("executive", DECIDE, "winner", "variant", _decision),
    "FlowForm.project": Case("marketing", "/messages/flows/add/", "project", "project", _flow),
    "ExperimentForm.project": Case(
        "marketing", "/experiments/add/", "project", "project", _experiment
    ),
}
