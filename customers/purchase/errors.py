"""What can go wrong with units and purchases, in the words of the person who tried."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError, StaleError


class UnitTakenError(StaleError):
    """Somebody else has the unit; says which kind of colleague, never which customer (A-46)."""

    code = "unit-taken"
    title = _("This unit is taken")

    def __init__(self, *, unit_id: int, unit: str, role: str, is_own: bool = False) -> None:
        words = _("You hold %(unit)s already.") if is_own else _("%(role)s was first at %(unit)s.")
        super().__init__(words % {"unit": unit, "role": role}, unit=unit_id)
        self.unit_id = unit_id


class UnitWithheldError(RefusedError):
    """The unit is not for sale."""

    code = "unit-withheld"
    title = _("This unit is not for sale")


class HoldRefusedError(RefusedError):
    """The hold cannot be made, renewed or given: a limit of the policy is reached."""

    code = "hold-refused"
    title = _("The unit cannot be held")


class NotLaunchedError(RefusedError):
    """The project is not on sale yet: its units are pre-subscribed, not held or subscribed."""

    code = "not-launched"
    title = _("The project is not launched yet")

    def __init__(self, project: object) -> None:
        words = _(
            "%(project)s is not launched yet: until then its units can be pre-subscribed, but not"
            " held or subscribed."
        )
        super().__init__(words % {"project": project})


class PurchaseStepError(RefusedError):
    """The purchase does not lead to the wanted step (CUS-64)."""

    code = "purchase-step"
    title = _("The purchase cannot take this step")
