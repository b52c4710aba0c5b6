"""Readers of installed toolkits and source trees.

They turn the files of a toolkit into records of a database. No record is judged or looked up here.
"""
