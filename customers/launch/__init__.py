"""What is done before a project goes on sale: risk check, comfort check, technical briefing."""
