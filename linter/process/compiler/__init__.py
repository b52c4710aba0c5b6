"""Driving ``atc`` and ``omg``: where the compiler is, its command line, its run, its log."""
