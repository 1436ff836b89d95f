"""Policy sets: pushed by operators, kept with their history, asked for decisions, and handed to services."""
