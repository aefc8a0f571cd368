"""What selling knows: plans, deals, money."""
