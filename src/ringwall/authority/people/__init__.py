"""The people who log in at this authority."""
