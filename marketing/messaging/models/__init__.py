"""Tables of messaging."""

from marketing.messaging.models.batches import Batch, BatchMessage, MessageTemplate, Reply
from marketing.messaging.models.experiments import Assignment, Experiment, Variant
from marketing.messaging.models.flows import Flow, FlowAct, FlowRun, FlowStep

__all__ = [
    "Assignment",
    "Batch",
    "BatchMessage",
    "Experiment",
    "Flow",
    "FlowAct",
    "FlowRun",
    "FlowStep",
    "MessageTemplate",
    "Reply",
    "Variant",
]
