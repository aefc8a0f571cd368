"""What the demo company does in marketing; written through the services."""
