"""Jobs of kpis."""
