"""What churn tells the other parts."""

from analytics.churn import policies


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
