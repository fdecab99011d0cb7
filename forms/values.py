"""What a form holds and an expression computes with: JSON, with ``Decimal`` where a number was computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

#: A list is read by place and an object by name; what holds either makes it anew rather than changing it.
Value: TypeAlias = None | bool | int | float | Decimal | str | Sequence["Value"] | Mapping[str, "Value"]
