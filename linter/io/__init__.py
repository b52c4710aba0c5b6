"""Reading and writing the files that hold a graph."""
