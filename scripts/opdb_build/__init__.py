"""Parts of the database builder, one source of facts a module."""
