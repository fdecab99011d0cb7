"""Start four processes, kill one at random every few seconds, start it again; at the end count."""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import redis
from sqlalchemy import text

from bench.soak import roles
from bench.soak.verdict import Verdict, judge
from engine.application import Application
from engine.platform import schema
from engine.platform.clock import SandboxClock
from engine.platform.settings import Settings
from engine.workflow.jobs.outbox import LEASE
from engine.workflow.jobs.valkey import ensure_redis
from tests.factories.bundles import bundle
from tests.factories.postgres import Server, server

SETTLE_SECONDS = 180
#: How often each trouble comes, in seconds: the time between is random around it.
KILL, REDIS, JUMP, CUT, AWAY = 3.0, 17.0, 23.0, 29.0, 60.0
AWAY_SECONDS = 10


@dataclass
class Member:
    """One process that is started again whenever it has gone."""

    name: str
    arguments: list[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "bench.soak", *self.arguments]
        with (Path(self.env["IBALANSE_DATA"]) / "soak.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.env, start_new_session=True, stdout=log, stderr=log)

    @property
    def gone(self) -> bool:
        return self.process is None or self.process.poll() is not None


@dataclass
class Soak:
    """One run on one database."""

    application: Application
    settings: Settings
    env: dict[str, str]
    seconds: float
    troubles: Counter[str] = field(default_factory=Counter)
    valkey: subprocess.Popen[bytes] | None = None
    postgres: Server | None = None

    def __post_init__(self) -> None:
        self.senders = [Member(f"sender {n}", ["--sender", str(n)], self.env) for n in (1, 2)]
        self.workers = [Member(f"worker {n}", ["--worker"], self.env) for n in (1, 2)]
        self.members = [*self.senders, *self.workers]
        self.clock = SandboxClock(self.settings.sandbox_clock)

    def run(self) -> None:
        """Trouble until the time is up, then peace until everybody is done, then stop everybody."""
        for member in self.members:
            member.start()
        try:
            until = time.monotonic() + self.seconds
            times = {act: time.monotonic() + 5 + after for act, after in self._troubles()}
            shown = time.monotonic()
            while time.monotonic() < until:
                for act, after in self._troubles():
                    if time.monotonic() >= times[act]:
                        act()
                        times[act] = time.monotonic() + after * random.uniform(0.5, 1.5)
                self._start_again(self.members)
                if time.monotonic() - shown > 30:
                    shown = time.monotonic()
                    print(f"  {until - shown:4.0f} s left, {sum(self.troubles.values())} troubles so far", flush=True)
                time.sleep(0.2)
            self._settle()
        finally:
            self._end()

    def _troubles(self) -> list[tuple[Callable[[], None], float]]:
        found: list[tuple[Callable[[], None], float]] = [(self._kill, KILL), (self._redis, REDIS), (self._jump, JUMP)]
        if self.postgres is not None:
            found += [(self._cut, CUT), (self._away, AWAY)]
        return found

    def _kill(self) -> None:
        """kill -9 of a sender, a worker, or the child a worker works in."""
        member = random.choice(self.members)
        if member.gone or member.process is None:
            return
        pid, kind = member.process.pid, member.name.split()[0]
        if kind == "worker" and random.random() < 0.6:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if children:
                pid, kind = int(children[0]), "worker's child"
        try:
            os.kill(pid, signal.SIGKILL)
            self.troubles[f"{kind} killed"] += 1
        except ProcessLookupError:
            pass

    def _redis(self) -> None:
        """Redis is emptied; or killed, and back after a moment with what its log has kept."""
        if random.random() < 0.6:
            redis.Redis.from_url(self.env["REDIS_URL"]).flushall()
            self.troubles["Redis emptied"] += 1
        elif self.valkey is not None:
            self.valkey.kill()
            self.valkey.wait()
            time.sleep(1)
            _, self.valkey = ensure_redis(self.settings)
            self.troubles["Redis killed"] += 1

    def _jump(self) -> None:
        """The clock jumps ahead by more than a lease: who holds work loses it, whether alive or not."""
        self.clock.move(LEASE + timedelta(seconds=1))
        self.troubles["clock jumped"] += 1

    def _cut(self) -> None:
        """Every connection to the database breaks at once."""
        with self.application.db.engine.connect() as connection:
            mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            connection.execute(text(f"{mine} AND datname = current_database()"))
        self.troubles["connections cut"] += 1

    def _away(self) -> None:
        """The database goes away for ten seconds."""
        assert self.postgres is not None
        self.postgres.stop()
        time.sleep(AWAY_SECONDS)
        self.postgres.start()
        self.troubles[f"database away for {AWAY_SECONDS} s"] += 1

    def _start_again(self, members: list[Member]) -> None:
        for member in members:
            if member.gone:
                member.start()

    def _settle(self) -> None:
        """No more trouble and no more cases: what is under way must come to its end by itself."""
        (self.settings.data_dir / "stop").touch()
        self._jump()
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            self._start_again(self.workers)
            for sender in self.senders:
                if sender.process is not None and sender.process.poll() not in (None, 0):
                    sender.start()
            if all(sender.process is not None and sender.process.poll() == 0 for sender in self.senders):
                return
            time.sleep(0.2)

    def _end(self) -> None:
        for member in self.members:
            if member.process is not None and not member.gone:
                member.process.terminate()
        for member in self.members:
            if member.process is not None:
                try:
                    member.process.wait(15)
                except subprocess.TimeoutExpired:
                    member.process.kill()
        time.sleep(3)  # a child whose worker was killed ends by itself within its two seconds
        if self.valkey is not None:
            self.valkey.terminate()


@contextmanager
def _house(database: str) -> Iterator[tuple[Application, Settings, dict[str, str], Server | None]]:
    """An empty database of one kind, with the process deployed and its owner known."""
    kind = server(durable=True) if database == "postgresql" else nullcontext(None)
    with tempfile.TemporaryDirectory(prefix="soak") as name, kind as running:
        env = {**os.environ, "IBALANSE_DATA": name, "IBALANSE_ENV": "test"}
        env |= {"DATABASE_URL": running.new_database()} if running else {}
        settings = Settings.from_env(env)
        env["REDIS_URL"] = ""
        application = roles.wire(settings)
        schema.upgrade(application.db)
        with application.db.write() as connection:
            roles.effect.create(connection)
            application.library.deploy(connection, bundle(roles.PROCESS, key=roles.KEY, head=roles.HEAD), by="soak")
            person = application.vault.register(
                connection, pid="21818297804", name="Anne Eksempel", birth_date=date(2000, 1, 21)
            )
        env["SOAK_OWNER"] = person.id
        yield application, settings, env, running
        application.db.engine.dispose()


def soak(database: str, seconds: float) -> Verdict:
    with _house(database) as (application, settings, env, postgres):
        url, valkey = ensure_redis(settings)
        env["REDIS_URL"] = url
        run = Soak(application, settings, env, seconds, valkey=valkey, postgres=postgres)
        run.run()
        verdict = judge(application, settings.data_dir)
        verdict.figures = {**run.troubles, **verdict.figures}
        if verdict.faults:
            print("\n".join((settings.data_dir / "soak.log").read_text().splitlines()[-60:]))
        return verdict


def table(verdicts: dict[str, Verdict]) -> str:
    """The figures side by side."""
    names = list(dict.fromkeys(name for verdict in verdicts.values() for name in verdict.figures))
    lines = [f"{'':40}" + "".join(f"{database:>14}" for database in verdicts)]
    for name in names:
        lines.append(f"{name:40}" + "".join(f"{v.figures.get(name, '-'):>14}" for v in verdicts.values()))
    lines.append(f"{'verdict':40}" + "".join(f"{'FAULTS' if v.faults else 'whole':>14}" for v in verdicts.values()))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite only")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL only")
    parser.add_argument("--sender", help=argparse.SUPPRESS)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return roles.worker()
    if options.sender:
        return roles.Sender(options.sender).run()
    seconds = float(os.environ.get("SOAK_SECONDS", "600"))
    verdicts: dict[str, Verdict] = {}
    for database, chosen in (("sqlite", options.sqlite), ("postgresql", options.postgres)):
        if chosen or not (options.sqlite or options.postgres):
            print(f"{database}: {seconds:.0f} s of trouble, then at most {SETTLE_SECONDS} s of peace", flush=True)
            verdicts[database] = soak(database, seconds)
    print(table(verdicts))
    faults = [f"{database}: {fault}" for database, verdict in verdicts.items() for fault in verdict.faults]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
