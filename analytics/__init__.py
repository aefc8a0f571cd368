"""KPIs, dashboards, churn warnings and value; reads all other apps, writes its own tables."""
