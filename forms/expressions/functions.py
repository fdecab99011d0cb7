"""The functions of the language: name → (fewest arguments, most arguments, function)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext

from forms.expressions.coercion import to_bool, to_number, to_string
from forms.expressions.context import ExpressionContext
from forms.expressions.errors import ExpressionError
from forms.values import Value

Function = tuple[int, int | None, Callable[..., Value]]


def _equals(_: ExpressionContext, a: Value, b: Value) -> bool:
    return to_string(a) == to_string(b)


def _compare(test: Callable[[Decimal, Decimal], bool]) -> Callable[[ExpressionContext, Value, Value], bool]:
    def compare(_: ExpressionContext, a: Value, b: Value) -> bool:
        left, right = to_number(a), to_number(b)
        return left is not None and right is not None and test(left, right)

    return compare


def _if(_: ExpressionContext, condition: Value, then: Value, _else: str = "", otherwise: Value = None) -> Value:
    return then if to_bool(condition) else otherwise


def _numbers(values: tuple[Value, ...]) -> list[Decimal]:
    return [to_number(value) or Decimal(0) for value in values]


def _multiply(_: ExpressionContext, *values: Value) -> Decimal:
    product = Decimal(1)
    for value in _numbers(values):
        product *= value
    return product


def _divide(_: ExpressionContext, a: Value, b: Value) -> Decimal:
    left, right = _numbers((a, b))
    if right == 0:
        raise ExpressionError("The second argument is 0, cannot divide by 0")
    with localcontext() as context:
        context.prec = 28
        return left / right


def _round(_: ExpressionContext, value: Value, decimals: Value = None) -> str:
    number = to_number(value) or Decimal(0)
    places = int(to_number(decimals) or 0)
    return format(number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP), "f")


def _list_of(value: Value) -> list[Value]:
    if not isinstance(value, list):
        kind = "null" if value is None else type(value).__name__
        raise ExpressionError(f"Expected argument to be list, got {kind}")
    return value


def _average(_: ExpressionContext, values: Value, default: Value) -> Value:
    items = _list_of(values)
    return sum(_numbers(tuple(items)), Decimal(0)) / len(items) if items else default


def _text_test(
    test: Callable[[str, str], bool], when_null: bool = False
) -> Callable[[ExpressionContext, Value, Value], bool]:
    def check(_: ExpressionContext, a: Value, b: Value) -> bool:
        left, right = to_string(a), to_string(b)
        return when_null if left is None or right is None else test(left, right)

    return check


def _change(change: Callable[[str], str]) -> Callable[[ExpressionContext, Value], str | None]:
    def apply(_: ExpressionContext, value: Value) -> str | None:
        text = to_string(value)
        return None if text is None else change(text)

    return apply


def _comma_contains(a: str, b: str) -> bool:
    return b in [part.strip() for part in a.split(",")]


def _units(text: str) -> int:
    """Length in UTF-16 code units, as .NET and JavaScript count."""
    return len(text.encode("utf-16-le")) // 2


def _replace(_: ExpressionContext, subject: Value, search: Value, replacement: Value) -> str | None:
    text, what = to_string(subject), to_string(search)
    return text.replace(what, to_string(replacement) or "") if text and what else None


def _data_model(ctx: ExpressionContext, path: Value, data_type: Value = None) -> Value:
    text = to_string(path)
    if text is None:
        raise ExpressionError("Cannot lookup dataModel null")
    return ctx.look_up(text, to_string(data_type))


def _component(ctx: ExpressionContext, component_id: Value) -> Value:
    if ctx.component is None:
        raise ExpressionError(f"Unable to find component with identifier {to_string(component_id)}")
    return ctx.component(to_string(component_id) or "")


_INSTANCE = ("instanceId", "appId", "instanceOwnerPartyId", "instanceOwnerPartyType", "instanceOwnerName")


def _instance_context(ctx: ExpressionContext, key: Value) -> Value:
    name = to_string(key)
    if name not in _INSTANCE:
        raise ExpressionError(f"Unknown Instance context property {name}")
    return ctx.instance.get(name)


def _front_end(ctx: ExpressionContext, key: Value) -> Value:
    name = to_string(key)
    if name is None:
        raise ExpressionError("Value cannot be null. (Parameter 'key')")
    return ctx.settings.get(name)


def _text(ctx: ExpressionContext, key: Value) -> str | None:
    name = to_string(key)
    if name is None:
        return None
    return ctx.text(name) if ctx.text else name


def _argv(ctx: ExpressionContext, index: Value) -> Value:
    at = int(to_number(index) or 0)
    if not 0 <= at < len(ctx.arguments):
        raise ExpressionError(f"Index {at} out of range")
    return ctx.arguments[at]


def _object(_: ExpressionContext, *pairs: Value) -> dict[str, Value]:
    if len(pairs) % 2:
        raise ExpressionError("Expected an even number of arguments")
    keys = [key for key in pairs[::2] if isinstance(key, str)]
    if len(set(keys)) != len(pairs) // 2:
        raise ExpressionError("Object keys must be unique strings")
    return dict(zip(keys, pairs[1::2], strict=True))


FUNCTIONS: Mapping[str, Function] = {
    "equals": (2, 2, _equals),
    "notEquals": (2, 2, lambda ctx, a, b: not _equals(ctx, a, b)),
    "greaterThan": (2, 2, _compare(lambda a, b: a > b)),
    "greaterThanEq": (2, 2, _compare(lambda a, b: a >= b)),
    "lessThan": (2, 2, _compare(lambda a, b: a < b)),
    "lessThanEq": (2, 2, _compare(lambda a, b: a <= b)),
    "and": (1, None, lambda ctx, *v: all([to_bool(item) for item in v])),
    "or": (1, None, lambda ctx, *v: any([to_bool(item) for item in v])),
    "not": (1, 1, lambda ctx, v: not to_bool(v)),
    "if": (2, 4, _if),
    "plus": (1, None, lambda ctx, *v: sum(_numbers(v), Decimal(0))),
    "minus": (2, 2, lambda ctx, a, b: _numbers((a,))[0] - _numbers((b,))[0]),
    "multiply": (1, None, _multiply),
    "divide": (2, 2, _divide),
    "round": (1, 2, _round),
    "sum": (1, 1, lambda ctx, v: sum(_numbers(tuple(_list_of(v))), Decimal(0))),
    "count": (1, 1, lambda ctx, v: len(_list_of(v))),
    "average": (2, 2, _average),
    "list": (0, None, lambda ctx, *v: list(v)),
    "object": (0, None, _object),
    "concat": (0, None, lambda ctx, *v: "".join(to_string(item) or "" for item in v)),
    "contains": (2, 2, _text_test(lambda a, b: b in a)),
    "notContains": (2, 2, _text_test(lambda a, b: b not in a, when_null=True)),
    "startsWith": (2, 2, _text_test(lambda a, b: a.startswith(b))),
    "endsWith": (2, 2, _text_test(lambda a, b: a.endswith(b))),
    "commaContains": (2, 2, _text_test(_comma_contains)),
    "stringLength": (1, 1, lambda ctx, v: _units(to_string(v) or "")),
    "stringReplace": (3, 3, _replace),
    "lowerCase": (1, 1, _change(str.lower)),
    "upperCase": (1, 1, _change(str.upper)),
    "lowerCaseFirst": (1, 1, _change(lambda t: t[:1].lower() + t[1:])),
    "upperCaseFirst": (1, 1, _change(lambda t: t[:1].upper() + t[1:])),
    "language": (0, 0, lambda ctx: ctx.language),
    "text": (1, 1, _text),
    "dataModel": (1, 2, _data_model),
    "component": (1, 1, _component),
    "instanceContext": (1, 1, _instance_context),
    "frontendSettings": (1, 1, _front_end),
    "gatewayAction": (0, 0, lambda ctx: ctx.gateway_action),
    "argv": (1, 1, _argv),
    "countDataElements": (1, 1, lambda ctx, t: ctx.count_data_elements(t) if ctx.count_data_elements else 0),
}
