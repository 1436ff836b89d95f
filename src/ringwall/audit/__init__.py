"""What is written down: events, their chain, and what must never be among them."""
