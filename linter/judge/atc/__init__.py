"""The stages of atc, one a file."""
