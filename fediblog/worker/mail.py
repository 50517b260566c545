"""Mails what happened: it looks now and then, and waits for nobody."""

import asyncio
import logging

from fediblog.actions.mail_notifications import mail_what_happened
from fediblog.blog import Blog

log = logging.getLogger("fediblog.worker")

_EVERY_SECONDS = 20


async def run_mail(blog: Blog) -> None:
    """Until cancelled."""
    while True:
        try:
            await mail_what_happened(blog)
        except Exception:
            log.exception("mailing what happened failed, and is tried again")
        await asyncio.sleep(_EVERY_SECONDS)
