"""How a project is built: nodes, outside reports, payments by node, what customers are told."""
