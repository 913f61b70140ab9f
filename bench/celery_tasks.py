# SPDX-License-Identifier: ISC
"""celery_tasks: N tasks that do nothing, for measure-render: celery_tasks.py N FILE sends them."""
import os
import sys

import celery

app = celery.Celery("celery_tasks", broker=os.environ["CELERY_BROKER"])
app.conf.update(task_ignore_result=True, task_acks_late=True, worker_prefetch_multiplier=64, broker_connection_retry_on_startup=True,
                worker_hijack_root_logger=False)


@app.task
def nothing(name, file):
    """The last one says that all are done."""
    if file:
        with open(file, "w", encoding="utf-8") as done:
            done.write(name)


if __name__ == "__main__":
    count, last = int(sys.argv[1]), sys.argv[2]
    with app.producer_pool.acquire() as producer:
        for i in range(count):
            nothing.apply_async((f"/images/{i:064x}/thumbnail", last if i == count - 1 else None), producer=producer)
