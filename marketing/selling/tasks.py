"""Jobs of selling."""
