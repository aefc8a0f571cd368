"""Which way leads from one class to another (CUS-08). Pure."""

from customers.rules.axes import CLASS_TRANSITIONS, CustomerClass, may_class_move

ORDER = tuple(CustomerClass)


def steps_to(from_: CustomerClass, to: CustomerClass) -> list[CustomerClass]:
    """Return the classes that an event passes through from ``from_`` up to ``to``.

    Empty where ``to`` is not ahead, or where no allowed way leads there. Steps: potential to
    intent to first purchase happen at once when a signed lead arrives; handover and the value
    test are events of their own, so their steps must be allowed directly.
    """
    if may_class_move(from_, to) and _is_ahead_or_value_test(from_, to):
        return [to]
    if (from_, to) == (CustomerClass.POTENTIAL, CustomerClass.FIRST_PURCHASE):
        return [CustomerClass.INTENT, CustomerClass.FIRST_PURCHASE]
    return []


def may_correct(from_: CustomerClass, to: CustomerClass) -> bool:
    """Return whether a person may set ``to``: one allowed step, forward or back."""
    return may_class_move(from_, to) or from_ in CLASS_TRANSITIONS[to]


def _is_ahead_or_value_test(from_: CustomerClass, to: CustomerClass) -> bool:
    return ORDER.index(to) > ORDER.index(from_) or from_ is CustomerClass.HIGH_VALUE
