"""What the user brings: settings files, and rules of their own."""
