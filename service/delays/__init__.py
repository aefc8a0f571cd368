"""Early warning: handovers that will be late, promised facilities not ready (SVC-43)."""
