"""What runs in processes of their own: TensorFlow, and the compiler.

Starting, limiting and ending a child process has one home here. No graph is judged or rewritten.
"""
