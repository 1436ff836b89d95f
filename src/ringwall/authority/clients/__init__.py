"""OAuth clients: who they are, and how each of them proves it."""
