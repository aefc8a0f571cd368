"""What segments tells the other parts."""


def register() -> None:
    """Make everything of this package known; safe to call again."""
