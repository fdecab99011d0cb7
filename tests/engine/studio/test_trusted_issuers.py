"""The list of trusted keys when two change it at once."""

from __future__ import annotations

import json
import threading

from joserfc.jwk import RSAKey

from engine.application import Application
from engine.studio import trusted_issuers
from engine.workflow.authorization.actor import SYSTEM


def test_two_who_change_the_list_at_once_lose_nothing(application: Application) -> None:
    """The second waits for the first before reading it, also where the list has never been written."""
    keys = [RSAKey.generate_key(2048) for _ in range(4)]
    began, done = threading.Event(), threading.Event()

    def enter(name: str) -> None:
        with application.db.write() as connection:
            began.set()
            jwk = json.dumps(keys.pop().as_dict(private=False))
            trusted_issuers.enter(connection, name, jwk, SYSTEM.person_id, application.clock.now())
        done.set()

    for first, second in (("A", "B"), ("C", "D")):
        began.clear()
        done.clear()
        with application.db.write() as connection:
            jwk = json.dumps(keys.pop().as_dict(private=False))
            trusted_issuers.enter(connection, first, jwk, SYSTEM.person_id, application.clock.now())
            other = threading.Thread(target=enter, args=(second,))
            other.start()
            if not application.db.sqlite:
                assert began.wait(10)
            assert not done.wait(0.5)
        other.join(30)
        assert done.is_set()

    with application.db.read() as connection:
        assert {product.name for product in trusted_issuers.every(connection)} == {"A", "B", "C", "D"}
