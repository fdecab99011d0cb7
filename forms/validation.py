"""What is wrong with a form: issues with a field, a code that has a text, and a severity."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
#: As a browser validates an e-mail address (HTML, 4.10.5.1.5).
_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")
_FORMATS = FormatChecker(Draft202012Validator.FORMAT_CHECKER.checkers.keys())
_FORMATS.checkers = dict(Draft202012Validator.FORMAT_CHECKER.checkers)


@_FORMATS.checks("email")
def _is_email(value: object) -> bool:
    return not isinstance(value, str) or _EMAIL.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding.

    field     path in the data, dots and ``[n]``
    code      text key ``issue.<code>``: required, type, minimum, maximum, minLength, pattern, enum, format …
    values    numbers and words the text needs; never what the person wrote
    severity  error | warning | info | success
    """

    field: str
    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    severity: str = "error"


def check_schema(schema: Mapping[str, Any], data: Mapping[str, Any]) -> list[Issue]:
    """Every place where *data* breaks its JSON Schema (draft 2020-12)."""
    validator = Draft202012Validator(schema, format_checker=_FORMATS)
    issues: list[Issue] = []
    for error in sorted(validator.iter_errors(data), key=lambda e: list(map(str, e.absolute_path))):
        path = _path(error.absolute_path)
        if error.validator == "required":
            present = error.instance if isinstance(error.instance, Mapping) else {}
            for name in error.validator_value:
                if name not in present:
                    issues.append(Issue(f"{path}.{name}" if path else name, "required"))
        else:
            limit = error.validator_value
            values = {"limit": limit} if isinstance(limit, int | float | str) else {}
            code = "required" if error.validator == "minLength" and not error.instance else str(error.validator)
            issues.append(Issue(path, code, values))
    return _unique(issues)


def _unique(issues: list[Issue]) -> list[Issue]:
    seen: set[tuple[str, str]] = set()
    unique: list[Issue] = []
    for issue in issues:
        if (issue.field, issue.code) not in seen:
            seen.add((issue.field, issue.code))
            unique.append(issue)
    return unique


def _path(parts: Iterable[str | int]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
