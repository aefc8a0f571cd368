"""Tasks that are finished by a record of their own and not by the button alone.

An upper area names the source of its tasks; they end where that area ends them.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from crm_site.common.navigation import Label
from crm_site.common.refusals import RefusedError

_gates: dict[str, Label] = {}


class TaskGatedError(RefusedError):
    """The task is finished by its own form; the message says which."""

    code = "task-has-form"
    title = _("This task is finished by its form")


def register_task_gate(source: str, words: Label) -> None:
    """Let tasks of ``source`` be finished by their area only; ``words`` say how."""
    _gates[source] = words


def gated_sources() -> Iterable[str]:
    """Return the sources whose tasks have a form of their own."""
    return tuple(_gates)


def pass_gate(source: str, *, through: str) -> None:
    """Raise TaskGatedError unless ``through`` is the source itself or it has no gate."""
    if source in _gates and through != source:
        raise TaskGatedError(_gates[source])
