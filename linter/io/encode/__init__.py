"""A model as pieces: untouched records are copied, the rest is written anew."""
