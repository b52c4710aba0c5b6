"""Reports: one format a module, each turns a ``Report`` into text and decides nothing."""
