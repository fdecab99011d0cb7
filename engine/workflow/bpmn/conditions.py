"""Foreign conditions → Altinn expressions, by one small closed grammar. Nothing here runs a host language.

Two dialects are read: ``simple`` (``a > 1``, ``${x == 'b'}``, ``v.contains("x")``)
and an ``xpath`` subset (``$a = 'b'``, ``contains(v, 'x')``, ``not(...)``). Names
are process variables, read as ``["dataModel", name]`` from the model the caller
evaluates against. The grammar, loosest first:

    or:         and (("or" | "||") and)*
    and:        unary (("and" | "&&") unary)*
    unary:      "not" unary | comparison
    comparison: sum (("==" | "=" | "!=" | ">" | ">=" | "<" | "<=" | "eq" | "ne" | "gt" | "ge" | "lt" | "le") sum)?
    sum:        term (("+" | "-") term)*
    term:       value (("*" | "div" | "/") value)*
    value:      number | text | true | false | null | name | call | "(" or ")" | "!" value | "-" value

Comparing is Altinn's: equality compares as text, so ``1 == '1'`` is true and
``1 == 1.0`` too; greater and less compare as numbers, are false for null, and fail
for a text that is no number. A variable that is not there is null, and equal to
nothing but null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from engine.workflow.bpmn.elements import Condition, Expression

MAX_LENGTH = 4_000
MAX_DEPTH = 50
MODES = ("altinn", "simple", "xpath")

_LEXEME = (
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"]*\"|'[^']*')|(?P<name>%s)"
    r"|(?P<sign>&&|\|\||==|!=|>=|<=|[=<>!()+\-*/,]))"
)
_SIMPLE = re.compile(_LEXEME % r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_XPATH = re.compile(_LEXEME % r"\$?[A-Za-z_](?:[\w.\-]*\w)?")  # a hyphen is part of a name there
_COMPARE = {
    "==": "equals",
    "=": "equals",
    "!=": "notEquals",
    ">": "greaterThan",
    ">=": "greaterThanEq",
    "<": "lessThan",
    "<=": "lessThanEq",
    "eq": "equals",
    "ne": "notEquals",
    "gt": "greaterThan",
    "ge": "greaterThanEq",
    "lt": "lessThan",
    "le": "lessThanEq",
}
#: function in either dialect → (Altinn's name, number of arguments)
_CALLS = {
    "contains": ("contains", 2),
    "starts-with": ("startsWith", 2),
    "ends-with": ("endsWith", 2),
    "startsWith": ("startsWith", 2),
    "endsWith": ("endsWith", 2),
    "string-length": ("stringLength", 1),
    "length": ("stringLength", 1),
    "concat": ("concat", None),
    "lower-case": ("lowerCase", 1),
    "upper-case": ("upperCase", 1),
    "toLowerCase": ("lowerCase", 1),
    "toUpperCase": ("upperCase", 1),
    "equals": ("equals", 2),
    "count": ("count", 1),
    "not": ("not", 1),
    "boolean": ("and", 1),
}
_CONSTANTS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


class ConditionSyntaxError(ValueError):
    """The text is not in the closed grammar; says where, never what the data is."""


@dataclass(slots=True)
class _Reader:
    """Tokens of one condition and the place reached."""

    tokens: list[tuple[str, str]]
    xpath: bool
    place: int = 0
    depth: int = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.place += 1
        return token

    def accept(self, *words: str) -> str:
        """The next sign or word when it is one of *words*, else an empty text and nothing is taken."""
        kind, text = self.peek()
        if kind in ("sign", "name") and text in words:
            self.place += 1
            return text
        return ""

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise ConditionSyntaxError(f"{sign!r} is missing before {self.peek()[1]!r}")


def read(text: str, mode: str = "altinn", line: int = 0) -> Condition:
    """A condition in one of ``MODES``. Raises ``ConditionSyntaxError``."""
    if mode not in MODES:
        raise ValueError(f"{mode!r} is not one of {', '.join(MODES)}")
    if mode == "altinn":
        return Condition(text, _altinn(text), line)
    return Condition(text, from_xpath(text) if mode == "xpath" else from_simple(text), line)


def from_simple(text: str) -> Expression:
    """``a > 1``, ``${...}``, ``= ...``, ``!a``, ``v.contains("x")`` as an Altinn expression.

    A ``>`` right after the last bracket compares with nothing: it is what is left of
    a tag when XML was edited by hand, other engines pass over it, and so do we.
    """
    text = text.rstrip()
    return _parse(text[:-1] if text.endswith(")>") else text, xpath=False)


def from_xpath(text: str) -> Expression:
    """The XPath 1.0 subset: comparisons, ``and``/``or``, the text functions, ``$name`` or ``name``."""
    return _parse(text, xpath=True)


def read_json(text: str) -> Expression:
    """An Altinn expression, or the text itself when it is no JSON array.

    Strict: no NaN, no key twice, nothing nested deeper than ``MAX_DEPTH``.
    Raises ``ConditionSyntaxError``.
    """
    stripped = text.strip()
    if not stripped.startswith("["):
        return stripped
    try:
        value: Expression = json.loads(stripped, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ConditionSyntaxError(f"{stripped[:60]!r} is not a JSON expression") from None
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ConditionSyntaxError(f"nested deeper than {MAX_DEPTH}")
        level = [item for part in level for item in _inside(part)]
    return value


def _inside(value: Expression) -> Iterable[Expression]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is written twice")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _altinn(text: str) -> Expression:
    return _CONSTANTS[text.strip()] if text.strip() in _CONSTANTS else read_json(text)


def _parse(text: str, *, xpath: bool) -> Expression:
    reader = _Reader(_tokens(_unwrapped(text), _XPATH if xpath else _SIMPLE), xpath)
    if not reader.tokens:
        raise ConditionSyntaxError("the condition is empty")
    expression = _or(reader)
    if reader.peek()[0] != "end":
        raise ConditionSyntaxError(f"{reader.peek()[1]!r} was not expected")
    return expression


def _unwrapped(text: str) -> str:
    """Without the wrapping of other engines: ``${...}``, ``#{...}`` or a leading ``=``."""
    if len(text) > MAX_LENGTH:
        raise ConditionSyntaxError(f"longer than {MAX_LENGTH} characters")
    stripped = text.strip()
    if stripped[:2] in ("${", "#{") and stripped.endswith("}"):
        return stripped[2:-1]
    return stripped[1:] if stripped.startswith("=") and not stripped.startswith("==") else stripped


def _tokens(text: str, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = pattern.match(text, place)
        if match is None:
            raise ConditionSyntaxError(f"unreadable at character {place + 1}")
        kind = match.lastgroup or ""
        found.append((kind, match.group(kind)))
        place = match.end()
    return found


def _or(reader: _Reader) -> Expression:
    reader.depth += 1
    if reader.depth > MAX_DEPTH:
        raise ConditionSyntaxError(f"nested deeper than {MAX_DEPTH}")
    parts = [_and(reader)]
    while reader.accept("or", "||"):
        parts.append(_and(reader))
    reader.depth -= 1
    return parts[0] if len(parts) == 1 else ["or", *parts]


def _and(reader: _Reader) -> Expression:
    parts = [_unary(reader)]
    while reader.accept("and", "&&"):
        parts.append(_unary(reader))
    return parts[0] if len(parts) == 1 else ["and", *parts]


def _unary(reader: _Reader) -> Expression:
    turns = 0
    while not reader.xpath and reader.accept("not"):
        turns += 1
    expression = _comparison(reader)
    return ["not", expression] if turns % 2 else expression


def _comparison(reader: _Reader) -> Expression:
    left = _sum(reader)
    sign = reader.accept(*_COMPARE)
    return [_COMPARE[sign], left, _sum(reader)] if sign else left


def _sum(reader: _Reader) -> Expression:
    left = _term(reader)
    while sign := reader.accept("+", "-"):
        left = ["plus" if sign == "+" else "minus", left, _term(reader)]
    return left


def _term(reader: _Reader) -> Expression:
    left = _value(reader)
    while sign := reader.accept("*", "/", "div"):
        left = ["multiply" if sign == "*" else "divide", left, _value(reader)]
    return left


def _value(reader: _Reader) -> Expression:
    kind, text = reader.take()
    if kind == "number":
        return int(text) if text.isdigit() else float(Decimal(text))
    if kind == "text":
        return text[1:-1]
    if kind == "name":
        return _named(reader, text)
    if text == "(":
        expression = _or(reader)
        reader.expect(")")
        return expression
    if text in ("!", "-") and kind == "sign":
        return _signed(reader, text)
    raise ConditionSyntaxError(f"a value is missing before {text!r}" if text else "the condition ends too early")


def _signed(reader: _Reader, sign: str) -> Expression:
    reader.depth += 1
    if reader.depth > MAX_DEPTH:
        raise ConditionSyntaxError(f"nested deeper than {MAX_DEPTH}")
    value = _value(reader)
    reader.depth -= 1
    if sign == "!":
        return ["not", value]
    return -value if isinstance(value, int | float) and not isinstance(value, bool) else ["minus", 0, value]


def _named(reader: _Reader, name: str) -> Expression:
    """A constant, a call, a method on a variable, or a variable."""
    called = bool(reader.accept("("))
    if called and reader.xpath and name in ("true", "false"):
        reader.expect(")")
        return _CONSTANTS[name]
    if called:
        subject, _, method = name.rpartition(".")
        arguments: list[Expression] = [_variable(reader, subject)] if subject else []
        while not reader.accept(")"):
            if arguments and (len(arguments) > 1 or not subject):
                reader.expect(",")
            arguments.append(_or(reader))
        return _call(method, arguments)
    return _CONSTANTS[name] if name in _CONSTANTS else _variable(reader, name)


def _call(name: str, arguments: list[Expression]) -> Expression:
    known = _CALLS.get(name)
    if known is None:
        raise ConditionSyntaxError(f"there is no function {name!r}")
    function, count = known
    if count is not None and len(arguments) != count:
        raise ConditionSyntaxError(f"{name} takes {count} arguments, not {len(arguments)}")
    return [function, *arguments]


def _variable(reader: _Reader, name: str) -> Expression:
    return ["dataModel", name.removeprefix("$") if reader.xpath else name]
