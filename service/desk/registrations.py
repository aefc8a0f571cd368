"""What the desk tells the other parts."""

from service.desk import policies


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
