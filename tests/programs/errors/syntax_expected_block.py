# A missing block.
class A:
def f(): pass
