"""Cedar as text and as JSON: parse, print, format, and say everything that is wrong at once."""
