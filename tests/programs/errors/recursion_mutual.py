# Mutual recursion is not folded but cut by the limit... here short.
import sys
sys.setrecursionlimit(30)
def ping(n):
    return pong(n + 1)
def pong(n):
    return ping(n + 1)
ping(0)
