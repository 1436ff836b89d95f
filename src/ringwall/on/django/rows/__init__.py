"""The back end for Django: Cedar's conditions about a row, as an exact WHERE."""
