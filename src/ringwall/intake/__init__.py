"""What comes in: strict models, safe text, limits before parsing, problem documents; and secure headers out."""
