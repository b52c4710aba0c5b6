"""Attributes, and the TensorFlow releases that they come from (ATR).

Attributes that a target does not know or does not follow. Dtypes are of ``dty``, shapes of ``shp``.
"""
