"""Pure rules of the KPIs."""
