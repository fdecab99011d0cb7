"""The lives of a consent record and of a grant. A withdrawn consent never comes back: a new one is given."""

from engine.platform.lifecycle import Lifecycle

RECORD = Lifecycle(
    "consent",
    "asked",
    [
        ("give", "asked", "given"),
        ("refuse", "asked", "refused"),
        ("withdraw", "given", "withdrawn"),
        ("expire", "given", "expired"),
        ("replace", "given", "replaced"),  # the same was given anew before its time was out
    ],
)

GRANT = Lifecycle(
    "grant",
    "pending",
    [
        ("activate", "pending", "active"),
        ("refuse", "pending", "refused"),
        ("revoke", ["pending", "active"], "revoked"),
        ("expire", ["pending", "active"], "expired"),
    ],
)
