"""Cedar's entities, their hierarchy, and their JSON."""
