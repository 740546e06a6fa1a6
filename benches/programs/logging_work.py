"""Logging: levels, formatters, filters, handlers, children."""
import io, logging
out = io.StringIO()
handler = logging.StreamHandler(out)
handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(funcName)s:%(message)s"))
root = logging.getLogger("app")
root.setLevel(logging.INFO); root.propagate = False; root.addHandler(handler)
class Even(logging.Filter):
    def filter(self, record): return record.args[0] % 2 == 0
child = logging.getLogger("app.db"); child.addFilter(Even())
def run(n):
    for i in range(n):
        root.info("request %d took %.2f ms", i, i * 0.5)
        root.debug("never shown %d", i)
        child.warning("row %d", i)
        if i % 10 == 0:
            try: 1 / (i % 20)
            except ZeroDivisionError: root.error("failed %s", i)
    for i in range(n * 12): root.debug("not shown %d %s", i, root)
run(10000)
print(len(out.getvalue()), out.getvalue().splitlines()[-1])
