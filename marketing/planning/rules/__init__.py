"""Rules of planning: pure."""
