"""Raising, catching, finally, nested handlers, and try that never raises."""
class AppError(Exception):
    def __init__(self, code): super().__init__(code); self.code = code
def risky(i):
    if i % 5 == 0: raise ValueError(i)
    if i % 7 == 0: raise AppError(i)
    return i
def middle(i):
    try: return risky(i)
    finally: counts["finally"] += 1
counts = dict.fromkeys(["ok", "value", "app", "finally", "chain"], 0)
for i in range(800000):
    try: middle(i); counts["ok"] += 1
    except ValueError: counts["value"] += 1
    except AppError as e: counts["app"] += e.code & 1
d = {}
for i in range(500000):
    try: d[i & 1023]
    except KeyError: d[i & 1023] = i
    try: x = int("12")
    except ValueError: x = 0
for i in range(40000):
    try:
        try: [][i]
        except IndexError as e: raise AppError(i) from e
    except AppError as e: counts["chain"] += e.__cause__ is not None
print(counts, len(d))
