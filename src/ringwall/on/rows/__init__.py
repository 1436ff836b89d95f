"""What the back ends for lists have in common, whichever ORM writes the WHERE."""
