"""Reading, freezing and checking KPIs."""
