"""Driving ``atc`` and ``omg``: where the compiler is, its command line, its run, its log.

It says what the compiler did, and which node a message is about. No verdict is given here.
"""
