"""Jobs of promotions."""
