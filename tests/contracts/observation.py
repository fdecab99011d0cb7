"""What the code shows of itself today, as plain data: the recorder writes it down, the tests hold it against that.

Everything is read from outside: ``--help``, answers, the file tree, the text of the sources. Nothing imports a module
of the product but through the seam.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree import ElementTree

from flask import Flask

from tests.contracts import seam

ROOT = seam.ROOT
RECORDED = Path(__file__).parent / "recorded"
#: Where product code lies, whatever becomes of the folders inside.
PRODUCT = ("engine", "forms", "integrations", "processes")
#: The names of types joined by ``|``, the shape of a list's elements, or key → shape.
Shape: TypeAlias = "str | list[Shape] | dict[str, Shape]"


def recorded(name: str) -> Any:
    """What was written down under this name."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


# Commands


def help_of(*path: str) -> str:
    status, out, err = seam.ibalanse(*path, "--help")
    assert status == 0, (path, err)
    return out


def command(text: str, path: tuple[str, ...]) -> dict[str, Any]:
    """Options, their choices, and how many positionals are needed and taken, from a ``--help`` of whatever layout."""
    heads = [re.split(r"\s{2,}", line.strip(), maxsplit=1)[0] for line in text.splitlines() if re.match(r"\s+-", line)]
    options = sorted({option for head in heads for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", head)})
    choices = {
        option: sorted(re.split(r"[,|]", inside))
        for option, inside in re.findall(r"(--[a-z-]+)[ =][\[{]([a-z0-9_-]+(?:[,|][a-z0-9_-]+)+)[\]}]", text)
    }
    usage = re.sub(r"\s+", " ", re.split(r"\n\s*\n", text, maxsplit=1)[0])
    rest = usage.partition(" ".join(("ibalanse", *path)))[2]
    for other in (r"\{[^}]*\} \.\.\.", r"COMMAND \[ARGS\]\.\.\.", r"\[OPTIONS\]", r"\[-[^\]]*\]", r"--[a-z-]+ [A-Z_]+"):
        rest = re.sub(other, "", rest)
    words = [word for word in rest.split() if "..." not in word]
    return {
        "options": options,
        "choices": choices,
        "needed": len([word for word in words if not word.startswith("[")]),
        "taken": len(words),
    }


def sub_commands(text: str) -> list[str]:
    """Names of the sub-commands that a ``--help`` offers, under whatever headings."""
    usage, _, rest = text.partition("\n")
    if "COMMAND [ARGS]" not in usage:
        return []
    listed = re.split(r"^(?:Examples?):", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^  ([a-z][a-z-]+)(?:  |$)", listed, re.MULTILINE)


def commands() -> dict[str, dict[str, Any]]:
    """Every sub-command with what it takes. Only the recorder walks like this."""
    found: dict[str, dict[str, Any]] = {}
    pending: list[tuple[str, ...]] = [()]
    while pending:
        path = pending.pop()
        text = help_of(*path)
        found[" ".join(path)] = command(text, path)
        pending += [(*path, name) for name in sub_commands(text)]
    return found


# Shapes of JSON


def shape(value: object) -> Shape:
    """The keys and types of a JSON value. Of a list the elements' common shape, of an object key → shape."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return [merged([shape(inner) for inner in value])] if value else []
    return {bool: "bool", int: "int", float: "float", str: "str", type(None): "null"}[type(value)]


def merged(shapes: Sequence[Shape]) -> Shape:
    """One shape for all: a key that some lack ends in ``?``, types that differ are joined by ``|``."""
    objects = [one for one in shapes if isinstance(one, dict)]
    lists = [one for one in shapes if isinstance(one, list)]
    if len(objects) == len(shapes):
        keys = sorted({key.removesuffix("?") for one in objects for key in one})
        return {
            _key(key, objects): merged([found for one in objects if (found := _at(one, key)) is not None])
            for key in keys
        }
    if len(lists) == len(shapes):
        inner = [one[0] for one in lists if one]
        return [merged(inner)] if inner else []
    names = {part for one in shapes if isinstance(one, str) for part in one.split("|")}
    names |= ({"object"} if objects else set()) | ({"list"} if lists else set())
    return "|".join(sorted(names))


def _at(one: dict[str, Shape], key: str) -> Shape | None:
    return one.get(key, one.get(f"{key}?"))


def _key(key: str, shapes: Sequence[dict[str, Shape]]) -> str:
    return key if all(key in one for one in shapes) else f"{key}?"


def missing(was: object, now: object, at: str = "") -> Iterator[str]:
    """What a client that reads *was* would miss in *now*: keys gone or no longer always there, types it never met."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key, inner in was.items():
            plain = key.removesuffix("?")
            found = now.get(plain) if plain in now else now.get(f"{plain}?")
            if found is None:
                if not key.endswith("?"):
                    yield f"{at}.{plain} is gone"
            elif plain not in now and not key.endswith("?"):
                yield f"{at}.{plain} is not always there"
            else:
                yield from missing(inner, found, f"{at}.{plain}")
    elif isinstance(was, list) and isinstance(now, list):
        if was and not now:
            yield f"{at} is empty"
        elif was and now:
            yield from missing(was[0], now[0], f"{at}[]")
    elif isinstance(was, str) and isinstance(now, str):
        new = set(now.split("|")) - set(was.split("|"))
        if new:
            yield f"{at} is {now}, was {was}"
    elif was != now:
        yield f"{at} is {now}, was {was}"


# The file tree


def bundles() -> dict[str, Path]:
    """Every bundle that comes with the product or its documentation, by key."""
    files = [*(ROOT / "processes").rglob("process.bpmn"), *(ROOT / "docs" / "examples").rglob("process.bpmn")]
    return {file.parent.name: file.parent for file in sorted(files)}


def bundle(folder: Path) -> dict[str, Any]:
    """What others rely on in a bundle: its files, keys, elements and policy. Texts and conditions are its own."""
    files = sorted(
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc", ".md")
    )
    keys = {name: sorted(set(_paths(json.loads((folder / name).read_text())))) for name in files if _has_keys(name)}
    return {"files": files, "keys": keys, "elements": _elements(folder), "policy": _policy(folder)}


def _has_keys(name: str) -> bool:
    return name.endswith(".json") and not name.startswith(("texts/", "options/"))


def _paths(value: object, at: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{at}.{key}"
            yield from _paths(inner, f"{at}.{key}")
    if isinstance(value, list):
        for inner in value:
            yield from _paths(inner, f"{at}[]")


def _elements(folder: Path) -> dict[str, str]:
    """Element id → its BPMN type, and the task type, data type or performer that hangs on it."""
    found = {}
    root = ElementTree.parse(folder / "process.bpmn").getroot()  # noqa: S314  our own files
    for node in root.iter():
        kind = node.tag.rpartition("}")[2]
        if "MODEL" not in node.tag or not node.get("id") or kind in ("sequenceFlow", "definitions"):
            continue
        own = [child for child in node if child.tag.endswith("}extensionElements")]
        parts = [
            *(leaf.text or "" for one in own for leaf in one.iter() if leaf.tag.endswith(("}taskType", "}dataType"))),
            *(leaf.get("performer", "") for one in own for leaf in one.iter() if leaf.tag.endswith("}assignment")),
        ]
        found[str(node.get("id"))] = " ".join([kind, *sorted(filter(None, (part.strip() for part in parts)))])
    return found


def extensions() -> dict[str, list[str]]:
    """Extension element of ours or Altinn's → the attributes it has, in any bundle."""
    found: dict[str, set[str]] = {}
    for folder in bundles().values():
        for node in ElementTree.parse(folder / "process.bpmn").getroot().iter():  # noqa: S314  our own files
            name = re.fullmatch(r"\{http://(altinn|ibalanse)\.no/process\}(\w+)", node.tag)
            if name:
                found.setdefault(f"{name[1]}:{name[2]}", set()).update(
                    re.sub(r"\{.*\}", "", key) for key in node.attrib
                )
    return {name: sorted(every) for name, every in sorted(found.items())}


def _policy(folder: Path) -> list[str]:
    """Attribute id and value of every match in the policy."""
    found = set()
    for node in ElementTree.parse(folder / "policy.xml").getroot().iter():  # noqa: S314  our own files
        if node.tag.endswith("}Match"):
            value = next((child.text or "" for child in node if child.tag.endswith("}AttributeValue")), "")
            name = next((child.get("AttributeId", "") for child in node if "Designator" in child.tag), "")
            found.add(f"{name} = {value.strip()}")
    return sorted(found)


def findings(folder: Path) -> list[str]:
    """What ``ibalanse check`` finds in a bundle, without the words."""
    _, out, _ = seam.ibalanse("check", str(folder), "--json")
    return sorted(f"{row['severity']} {row['rule']} {row['element']}" for row in json.loads(out))


def files_below(folder: str) -> list[str]:
    return sorted(str(file.relative_to(ROOT)) for file in (ROOT / folder).rglob("*") if file.is_file())


def make_targets() -> list[str]:
    text = (ROOT / "Makefile").read_text()
    rules = re.findall(r"^([a-z][a-z -]*):(?!=)", text, re.MULTILINE)
    return sorted({name for rule in rules for name in rule.split()})


# Names in the sources


@lru_cache(maxsize=1)
def literals() -> frozenset[str]:
    """Every text that stands in the product's Python, in whole or as the fixed parts of a made-up one."""
    found: set[str] = set()
    for file in product_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return frozenset(found)


def product_files() -> list[Path]:
    own = [file for name in PRODUCT for file in (ROOT / name).rglob("*.py")]
    return sorted([*own, *ROOT.glob("*.py"), *(ROOT / "bench").rglob("*.py")])


@lru_cache(maxsize=1)
def text_keys() -> frozenset[str]:
    """Keys of the texts people see, however they are kept: JSON objects or PO files."""
    found: set[str] = set()
    for name in PRODUCT:
        for file in (ROOT / name).rglob("*.json"):
            if "texts" in file.parent.name:
                content = json.loads(file.read_text(encoding="utf-8"))
                found |= set(content) if isinstance(content, dict) else set()
        for file in (ROOT / name).rglob("*.po"):
            found |= set(re.findall(r'^msg(?:id|ctxt) "(.*)"', file.read_text(encoding="utf-8"), re.MULTILINE))
    return frozenset(found)


def unknown(names: Iterable[str]) -> list[str]:
    """Those that stand nowhere in the product any more."""
    known = literals() | {key.rpartition(".")[2] for key in text_keys()}
    return sorted(name for name in names if name not in known)


def mentioned(name: str) -> bool:
    """Whether a text of the product's Python holds this as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", _all_texts()) is not None


@lru_cache(maxsize=1)
def _all_texts() -> str:
    return "\n".join(literals())


# HTTP


def routes(app: Flask) -> list[str]:
    """Every address of a page with its method. The names of parameters are nobody's business: ``<>``."""
    return sorted(
        f"{method} {re.sub('<[^>]*>', '<>', rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def families(text: str) -> dict[str, dict[str, Any]]:
    """What Prometheus reads: family → kind and labels."""
    found = {
        name: {"kind": kind, "labels": []} for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE)
    }
    for name, labels in re.findall(r"^(\w+)\{([^}]*)\}", text, re.MULTILINE):
        family = next((one for one in found if name in (one, f"{one}_bucket", f"{one}_sum", f"{one}_count")), None)
        if family:
            names = set(re.findall(r'(\w+)="', labels)) - {"le"}
            found[family]["labels"] = sorted({*found[family]["labels"], *names})
    return {name: family for name, family in found.items() if not name.endswith("_created")}
