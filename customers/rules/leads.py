"""The way of a lead forward through its states (CUS-34). Pure."""

from customers.rules.axes import LEAD_TRANSITIONS, LeadState

FORWARD = tuple(state for state in LeadState if state is not LeadState.LOST)


def path_to(from_: LeadState, to: LeadState) -> list[LeadState]:
    """Return the fewest allowed steps forward from ``from_`` to ``to``.

    Empty when the lead is there already or further on, or when it is closed.
    """
    if from_ is LeadState.LOST or to is LeadState.LOST:
        return []
    paths: list[list[LeadState]] = [[from_]]
    while paths:
        path = paths.pop(0)
        for step in LEAD_TRANSITIONS[path[-1]]:
            if step is LeadState.LOST or FORWARD.index(step) <= FORWARD.index(path[-1]):
                continue
            if step is to:
                return [*path[1:], step]
            paths.append([*path, step])
    return []


def moves_from(state: LeadState, *, has_owner: bool) -> list[LeadState]:
    """Return the states a lead may be moved to by hand.

    New and assigned follow the owner: a lead without one cannot be assigned, one with an owner
    is not new.
    """
    unfit = LeadState.NEW if has_owner else LeadState.ASSIGNED
    return [to for to in LEAD_TRANSITIONS[state] if to is not unfit]
