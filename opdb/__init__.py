"""What atc and omg accept, by release and chip; needs the standard library only."""
