"""Tables of repairs."""

from service.repairs.contractor_models import BuiltBy, Contractor
from service.repairs.order_models import (
    ChargeBack,
    RepairEvent,
    RepairJob,
    RepairOrder,
    RepairPhoto,
)
from service.repairs.upkeep_models import Lesson, LessonCheck, UpkeepItem, UpkeepPlan

__all__ = [
    "BuiltBy",
    "ChargeBack",
    "Contractor",
    "Lesson",
    "LessonCheck",
    "RepairEvent",
    "RepairJob",
    "RepairOrder",
    "RepairPhoto",
    "UpkeepItem",
    "UpkeepPlan",
]
