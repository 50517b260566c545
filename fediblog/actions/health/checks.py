"""Every check, in the order in which they are told. To add one, write it and add a line here, and
a section in docs/health.md."""

from fediblog.actions.health import inside, outside
from fediblog.actions.health.finding import Check

CHECKS = (
    Check("name", "The name", outside.check_name),
    Check("certificate", "The certificate", outside.check_certificate),
    Check("redirect", "From http to https", outside.check_redirect),
    Check("webfinger", "The handle", outside.check_webfinger),
    Check("actor", "The profile", outside.check_actor),
    Check("negotiation", "Pages and documents", outside.check_negotiation),
    Check("signatures", "Signatures", outside.check_signatures),
    Check("bodies", "Large deliveries", outside.check_big_bodies),
    Check("clock", "The clock", inside.check_clock),
    Check("arrivals", "What comes in", inside.check_arrivals),
    Check("deliveries", "What goes out", inside.check_deliveries),
    Check("loops", "The work", inside.check_loops),
    Check("database", "The database", inside.check_database),
    Check("disk", "The disk", inside.check_disk),
    Check("backups", "Backups", inside.check_backups),
    Check("mail", "Mail", inside.check_mail),
)
