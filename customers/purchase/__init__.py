"""From the hold on a unit to its contract: one active purchase per unit, never two."""
