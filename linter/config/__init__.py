"""What the user brings: settings from files and the environment, and rules of their own.

It says what was asked for and whether that is well formed. It judges no model and knows no command:
which settings there are, the command line says.
"""
