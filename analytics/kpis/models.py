"""Tables of kpis."""
