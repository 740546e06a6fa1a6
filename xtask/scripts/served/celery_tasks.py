"""What the worker runs."""

import hashlib
import os

from celery import Celery

app = Celery("served", broker=os.environ["SERVED_REDIS"], backend=os.environ["SERVED_REDIS"])
app.conf.broker_connection_retry_on_startup = True


@app.task
def digest(number):
    return number, hashlib.sha256(str(number).encode()).hexdigest()
