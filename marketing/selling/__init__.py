"""Sales plans and statistics, material, checks and competence of those who sell."""
