"""The names of all tables of ours, without the models that define them: a running server needs no
more of these, and the ORM behind them takes a tenth of its memory.

A test compares them with the models.
"""

TABLES = frozenset(
    """
    activity actor actor_key api_token arrival attempt collection crawl day_count delivery
    dropped_follower follower host link_preview link_preview_use medium medium_use
    notification page passkey picture picture_use post post_revision post_slug post_tag pulse
    quote reaction recovery_code refusal reply reply_revision report rule search_due session
    setting ticket tombstone working_copy
    """.split()
)
