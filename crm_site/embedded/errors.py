"""What the person at the terminal has to know."""


class StartError(Exception):
    """Something could not start; the text says what failed and what to change."""


class StopRequestedError(Exception):
    """A signal asked for an ordered stop."""
