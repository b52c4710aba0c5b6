"""What each command does, a module a command; ``linter.api`` is the door to all of them."""
