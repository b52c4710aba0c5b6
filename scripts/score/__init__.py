"""What the scorecard compares: records of what a compiler did, and omlint's answers to them."""
