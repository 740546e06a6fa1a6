# A coroutine that is never awaited warns.
async def forgotten(): pass
forgotten()
async def main():
    forgotten()
    x = forgotten()
    return 1
import asyncio
print(asyncio.run(main()))
def make(): return forgotten
make()()
print("end")
