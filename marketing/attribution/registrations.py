"""What attribution tells the other parts."""

from marketing.attribution import policies


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
