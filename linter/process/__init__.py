"""What runs in processes of their own: TensorFlow, the compiler.

One home of starting, limiting and ending a child process.
"""
