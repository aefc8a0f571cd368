"""The tables of people, leads, interactions and tasks."""

from customers.models.customer import Customer, CustomerContact, CustomerGrade
from customers.models.history import ClassEvent, GradeEvent, OwnershipEvent, RegradeRun, SourceEvent
from customers.models.interaction import Interaction
from customers.models.lead import Lead, LeadClock, LeadClockEffect, LeadEvent
from customers.models.project import Project
from customers.models.task import Task, TaskEffect, TaskEvent
from customers.models.vocabulary import CustomField, VocabularyTerm

__all__ = [
    "ClassEvent",
    "CustomField",
    "Customer",
    "CustomerContact",
    "CustomerGrade",
    "GradeEvent",
    "Interaction",
    "Lead",
    "LeadClock",
    "LeadClockEffect",
    "LeadEvent",
    "OwnershipEvent",
    "Project",
    "RegradeRun",
    "SourceEvent",
    "Task",
    "TaskEffect",
    "TaskEvent",
    "VocabularyTerm",
]
