"""Rules of promotions: pure."""
