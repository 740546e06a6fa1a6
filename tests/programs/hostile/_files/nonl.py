def f():
    print("no newline")
f()
if 1:
    f()