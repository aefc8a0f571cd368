"""Goals, strategy and yearly plans, market knowledge, brand."""
