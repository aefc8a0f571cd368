"""Pages of kpis."""
