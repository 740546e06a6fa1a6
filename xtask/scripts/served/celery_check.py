"""A Celery worker runs tasks that a client submits: `celery_check.py COUNT FOLDER POOL`. It needs `redis-server`."""

import hashlib
import os
import sys

import common


def main(count, folder, pool):
    port = common.free_port()
    os.environ["SERVED_REDIS"] = f"redis://127.0.0.1:{port}/0"
    redis = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    with common.running(*redis, log=os.path.join(folder, "redis.log")) as server:
        common.wait_for(port, server)
        words = ["-m", "celery", "-A", "celery_tasks", "worker", "--pool", pool, "--concurrency", "4", "-l", "warning"]
        log = os.path.join(folder, "worker.log")
        with common.running(*common.python(*words), log=log, cwd=common.HERE) as worker:
            from celery import group
            from celery_tasks import digest

            sent = group(digest.s(n) for n in range(count)).apply_async()
            got = sent.get(timeout=240)
            assert worker.poll() is None, "the worker has ended"
    assert got == [[n, hashlib.sha256(str(n).encode()).hexdigest()] for n in range(count)], got[:3]
    print(f"{len(got)} tasks, pool {pool}")
    return True


if __name__ == "__main__":
    count, folder, pool = sys.argv[1:]
    sys.exit(not main(int(count), folder, pool))
