"""What dashboards write."""
