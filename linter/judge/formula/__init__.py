"""The quantities that the conditions of the databases speak of."""
