"""What planning tells the other parts."""

from marketing.planning import papers, policies, registers


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    papers.register()
    registers.register()
