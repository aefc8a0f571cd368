"""Projects, buildings and units: what there is to sell, and what of it is for sale."""
