# A traceback through coroutines under asyncio.
import asyncio


async def fetch(n):
    await asyncio.sleep(0)
    if n == 2:
        raise LookupError(f"item {n}")
    return n


async def main():
    return [await fetch(i) for i in range(5)]


try:
    asyncio.run(main())
except LookupError as error:
    import traceback
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.endswith("async_frames.py"):
            print(frame.lineno, frame.name, frame.line)
raise SystemExit(asyncio.run(fetch(1)))
