"""What converters support: omlint's versioned databases, standard library only."""
