"""`python -m devstack.worker …`: Celery's command line, with pool processes that die with it.

Celery's own ways out are too slow or too weak when its supervisor was killed: a cold shutdown hangs
on the vanished broker, and the process that runs a task notices nothing until the task is done.
Killing is harmless: the work lies in PostgreSQL, and what was not committed is done again.
"""

import os
import signal

from celery.__main__ import main
from celery.signals import worker_process_init

from devstack.processes import die_with_parent


@worker_process_init.connect
def tie_to_master(**_: object) -> None:
    die_with_parent(signal.SIGKILL, parent=os.getppid())()


if __name__ == "__main__":
    main()
