"""The jobs that look after the jobs."""

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

# Before all others: what they look after may be why the others wait.
PRIORITY = 100
KEEP_DONE_HOURS = 3 * 24
KEEP_FAILED_HOURS = 28 * 24


@app.periodic(cron="* * * * * */20")  # the sixth field: every 20 seconds
@app.task(queueing_lock="retry_stalled_jobs", priority=PRIORITY, pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs whose worker was killed to another; without this they stay "doing" for ever."""
    manager = context.app.job_manager
    silent = settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"]
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=silent):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # The same work is queued already, as it is done once every so often.
            await manager.finish_job(job, Status.ABORTED, delete_job=False)
        except ConnectorException:
            # Another run of this has just given it away, or its worker was only slow and has
            # finished it. The others must not wait for that.
            continue


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_done_jobs", priority=PRIORITY, pass_context=True)
async def forget_done_jobs(context: JobContext, timestamp: int) -> None:
    """Delete jobs that are done; those that failed stay for a while, for somebody to look at."""
    manager = context.app.job_manager
    await manager.delete_old_jobs(KEEP_DONE_HOURS)
    await manager.delete_old_jobs(
        KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
