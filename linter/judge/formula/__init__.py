"""The quantities that the conditions of the databases speak of.

``node_view`` says what the graph tells of a node, ``windows`` adds kernels and pads, ``table``
names the quantities. Conditions are evaluated in ``opdb.formula``; no verdict is given here.
"""
