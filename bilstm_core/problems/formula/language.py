"""The language of formulas: what a text may say, read by Python's own parser and checked; nothing of it is carried out.

A formula says where a label is 1. It knows the values of the sequence, the timestep t (from 1) and their number T:

    x[t]  x[t - 1]  x[T]  x[T + 1 - t]    a value; 0 outside the sequence
    before  after  all  near(2)           values: before this timestep, after it, all, up to two timesteps away
    sum mean max min (of those)           as in max(after); of no values 0, and min 1
    count(before > 0.5)                   how many of those
    + - * / // %  abs(..)  max(a, b)      numbers
    < <= > >= == !=  and or not           what is true or not
    a if .. else b                        one of two

`parsed` gives the checked tree, of Python's own nodes. Every formula is small, so each ends quickly.
"""

import ast
import functools
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bilstm_core.quoting import quoted

MOST_CHARACTERS = 400
MOST_TOKENS = 80  # words, numbers and signs
MOST_DEPTH = 40  # parts within parts
MOST_GROUPS = 6  # before, after, all and near: each takes time
LARGEST = 1_000_000  # number that is written down, or comes of such numbers alone
DECIMALS = 4
FARTHEST = 20  # timesteps that near reaches

GROUPS = ("before", "after", "all")
OF_GROUPS = ("sum", "mean", "max", "min")
WORDS = ("x", "t", "T", *GROUPS, "near", *OF_GROUPS, "count", "abs", "and", "or", "not", "if", "else")
SIGNS = ("<=", ">=", "==", "!=", "//", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", ",")
AS_WRITTEN = {"≥": ">=", "≤": "<=", "≠": "!=", "−": "-", "×": "*", "·": "*"}  # in mathematics
EXAMPLES = {
    "sum": "sum(before)",
    "mean": "mean(all)",
    "max": "max(after) or max(x[t - 1], x[t + 1])",
    "min": "min(before) or min(x[t - 1], x[t + 1])",
    "count": "count(before > 0.5)",
    "abs": "abs(x[t] - x[t - 1])",
    "near": "mean(near(2))",
}
X_ALONE = "x stands for no single value. Write x[t] for this timestep's, x[t - 1] for the one before, or max(all)."

Kind = Literal["number", "truth"]
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)

_SIGN = "|".join(map(re.escape, SIGNS))
_TOKEN = re.compile(rf"(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|(?P<word>[^\W\d]\w*)|(?P<sign>{_SIGN})")


class FormulaError(ValueError):
    """A formula that can't be read, with a sentence that says where, and what to do."""


class Token(NamedTuple):
    """A word, number or sign, as the parser takes it, and where it stands in the text, from 0."""

    text: str
    place: int


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A formula that was read. text: the canonical one; tree: of Python's nodes, checked"""

    text: str
    tree: ast.expr


class Facts(NamedTuple):
    """What is known of a part of a formula.

    whole: a number that is whole; of_time: it takes no value of a sequence; constant: nor the timestep or their number
    """

    kind: Kind
    whole: bool = False
    of_time: bool = False
    constant: bool = False


@functools.lru_cache(maxsize=128)
def parsed(text: str) -> Formula:
    """The formula of a text. Raises FormulaError, with a sentence, where it is none."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(f"A formula has at most {MOST_CHARACTERS} characters, not {len(text):,}. Shorten it.")
    tokens = _tokens(text)
    tree = _tree(tokens)
    checker = _Checker(tokens)
    if checker.facts(tree).kind != "truth":
        raise FormulaError(f"{checker.name(tree)} is a number. A label is 1 or 0: end in a comparison, such as > 1.")
    if checker.groups > MOST_GROUPS:
        raise FormulaError(
            f"A formula asks of at most {MOST_GROUPS} groups of values, not {checker.groups}. Shorten it."
        )
    canonical = ast.unparse(tree)
    if len(canonical) > MOST_CHARACTERS:
        raise FormulaError(
            f"With spaces and brackets as they are kept, the formula has {len(canonical):,} characters, where "
            f"{MOST_CHARACTERS} are allowed. Shorten it."
        )
    _tokens(canonical)  # which is read again, of a link or a file, and has more brackets at times
    return Formula(canonical, tree)


def _tokens(text: str) -> list[Token]:
    """The words, numbers and signs of a text; FormulaError for whatever else it has."""
    for sign, plain in AS_WRITTEN.items():
        text = text.replace(sign, plain)
    tokens, place = list[Token](), 0
    while rest := text[place:].lstrip():
        place = len(text) - len(rest)
        found = _TOKEN.match(text, place)
        if found is None:
            raise FormulaError(_strange(text, place))
        token = found[0]
        if found["number"]:
            token = _number(token, place)
        elif found["word"] and token not in WORDS:
            raise FormulaError(
                f"{quoted(token)} at character {place + 1} is not known. The words are {', '.join(WORDS)}."
            )
        if token == "*" and tokens and tokens[-1].text == "*":
            raise FormulaError(f"There are no powers, as at character {place}. Write x[t] * x[t] for a square.")
        tokens.append(Token(token, place))
        place = found.end()
    if not tokens:
        raise FormulaError("Write a formula, such as x[t - 1] + x[t + 1] > 1.")
    if len(tokens) > MOST_TOKENS:
        raise FormulaError(
            f"A formula has at most {MOST_TOKENS} words, numbers and signs, not {len(tokens)}. Shorten it."
        )
    return tokens


def _strange(text: str, place: int) -> str:
    if text[place] == "=":
        return f"Write == at character {place + 1} for what is equal."
    return f"{quoted(text[place])} at character {place + 1} is no sign of a formula. The signs are {' '.join(SIGNS)} ."


def _number(text: str, place: int) -> str:
    """A number as Python writes it."""
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    if len(whole.lstrip("0")) > len(str(LARGEST)) or len(decimals) > DECIMALS or float(text) > LARGEST:
        raise FormulaError(
            f"The number at character {place + 1} must be at most {LARGEST:,}, with at most {DECIMALS} decimals."
        )
    return repr(float(f"{whole or 0}.{decimals}")) if decimals else str(int(whole or 0))


def _tree(tokens: list[Token]) -> ast.expr:
    """What Python's parser makes of the tokens, with spaces between; FormulaError where it can't."""
    text = " ".join(token.text for token in tokens)
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        offset = error.offset or len(text) + 1
        if offset > len(text):
            raise FormulaError("The formula is not finished: something is missing at its end.") from None
        token = _at(tokens, offset - 1)
        where = f"character {token.place + 1}, {quoted(token.text)}"
        raise FormulaError(
            f"The formula can't be read at {where}. Is a sign missing there, or a bracket too many or left open?"
        ) from None


def _at(tokens: list[Token], offset: int) -> Token:
    """The token that stands at an offset of the text in which all are joined by spaces."""
    start = 0
    for token in tokens:
        start += len(token.text) + 1
        if offset < start:
            return token
    return tokens[-1]


class _Checker:
    """Checks a tree from the top down, each part once, and counts the groups of values."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self.groups = 0

    def name(self, node: ast.expr) -> str:
        """What a part is called in a sentence."""
        return f"{quoted(ast.unparse(node))} at character {_at(self._tokens, node.col_offset).place + 1}"

    def facts(self, node: ast.expr, depth: int = 1) -> Facts:
        """The facts of a part; FormulaError where it is not allowed."""
        if depth > MOST_DEPTH:
            raise FormulaError(f"The formula has parts within parts, more than {MOST_DEPTH} deep. Shorten it.")

        def of(*parts: ast.expr) -> list[Facts]:
            return [self.facts(part, depth + 1) for part in parts]

        match node:
            case ast.Constant(value=int() | float()):
                return Facts("number", isinstance(node.value, int), True, True)
            case ast.Name(id="t" | "T"):
                return Facts("number", True, True)
            case ast.Subscript(value=ast.Name(id="x"), slice=ast.Tuple() | ast.Slice()):
                raise FormulaError("x has one timestep in its brackets, as in x[t - 1].")
            case ast.Subscript(value=ast.Name(id="x")):
                return self._value(node, of(node.slice))
            case ast.UnaryOp(op=ast.Not()):
                return self._one_kind("truth", [node.operand], of(node.operand))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                return self._bounded(node, self._one_kind("number", [node.operand], of(node.operand)))
            case ast.BinOp(op=op) if isinstance(op, OPERATORS):
                return self._arithmetic(node, of(node.left, node.right))
            case ast.BoolOp():
                return self._one_kind("truth", node.values, of(*node.values))
            case ast.Compare() if all(isinstance(op, COMPARISONS) for op in node.ops):
                return self._comparison(node, of(node.left, *node.comparators))
            case ast.IfExp():
                return self._choice(node, of(node.test, node.body, node.orelse))
            case ast.Call(func=ast.Name(id="count"), args=[ast.Compare(ops=[op], left=group, comparators=[right])]) if (
                isinstance(op, COMPARISONS) and self._is_group(group)
            ):
                self._one_kind("number", [right], of(right))
                return Facts("number", whole=True)
            case ast.Call(func=ast.Name(id=word), args=[group]) if word in OF_GROUPS and self._is_group(group):
                return Facts("number")
            case (
                ast.Call(func=ast.Name(id="abs"), args=[_]) | ast.Call(func=ast.Name(id="max" | "min"), args=[_, _, *_])
            ):
                return self._bounded(node, self._one_kind("number", node.args, of(*node.args)))
        raise FormulaError(self._refused(node))

    def _is_group(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=word) if word in GROUPS:
                self.groups += 1
                return True
            case ast.Call(func=ast.Name(id="near"), args=[ast.Constant(value=int(reach))]) if 1 <= reach <= FARTHEST:
                self.groups += 1
                return True
            case ast.Call(func=ast.Name(id="near")):
                raise FormulaError(f"near takes a whole number from 1 to {FARTHEST}, as in mean(near(2)).")
        return False

    def _refused(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id="x"):
                return X_ALONE
            case ast.Name(id=word) if word in GROUPS:
                return f"{self.name(node)} is several values. Say what of them is meant, as in max({word})."
            case ast.Name(id=word):
                return f"{self.name(node)} lacks its brackets. Write it as in {EXAMPLES[word]}."
            case ast.Call(func=ast.Name(id=word)) if word in EXAMPLES:
                return f"{self.name(node)} is not how {word} is written. Write it as in {EXAMPLES[word]}."
        return f"{self.name(node)} is not part of the language of formulas."

    def _one_kind(self, kind: Kind, parts: list[ast.expr], each: list[Facts]) -> Facts:
        """The facts of parts that must all be of this kind."""
        for part, facts in zip(parts, each, strict=True):
            if facts.kind != kind and kind == "number":
                raise FormulaError(f"{self.name(part)} is true or not, where a number is needed.")
            if facts.kind != kind:
                raise FormulaError(f"{self.name(part)} is a number. Compare it there, as in x[t] > 0.5.")
        whole, of_time, constant = (all(values) for values in list(zip(*each, strict=True))[1:])
        return Facts(kind, whole, of_time, constant)

    def _value(self, node: ast.Subscript, each: list[Facts]) -> Facts:
        step = self._one_kind("number", [node.slice], each)
        if not step.whole or not step.of_time:
            raise FormulaError(
                f"{self.name(node)} must have a timestep in its brackets, made of t, T and whole numbers without /."
            )
        return Facts("number")

    def _arithmetic(self, node: ast.BinOp, each: list[Facts]) -> Facts:
        facts = self._one_kind("number", [node.left, node.right], each)
        if isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) and each[1].constant and constant(node.right) == 0:
            raise FormulaError(f"{self.name(node)} divides by zero.")
        return self._bounded(node, facts._replace(whole=False) if isinstance(node.op, ast.Div) else facts)

    def _bounded(self, node: ast.expr, facts: Facts) -> Facts:
        if facts.constant and not abs(constant(node)) <= LARGEST:
            raise FormulaError(f"{self.name(node)} is more than {LARGEST:,}, the most that is allowed.")
        return facts

    def _comparison(self, node: ast.Compare, each: list[Facts]) -> Facts:
        kind, sides = each[0].kind, [node.left, *node.comparators]
        if kind == "truth" and not all(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            raise FormulaError(f"{self.name(node.left)} is true or not. Only == and != compare such parts.")
        return self._one_kind(kind, sides, each)._replace(kind="truth")

    def _choice(self, node: ast.IfExp, each: list[Facts]) -> Facts:
        condition = self._one_kind("truth", [node.test], each[:1])
        both = self._one_kind(each[1].kind, [node.body, node.orelse], each[1:])
        return both._replace(of_time=both.of_time and condition.of_time, constant=False)


def constant(node: ast.expr) -> float:
    """The value of a number that takes neither values nor timesteps, and chooses nothing."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.UnaryOp(operand=operand):
            return -constant(operand) if isinstance(node.op, ast.USub) else constant(operand)
        case ast.Call(func=ast.Name(id=word), args=parts):
            each = [constant(part) for part in parts]
            return abs(each[0]) if word == "abs" else max(each) if word == "max" else min(each)
        case ast.BinOp(left=left, op=op, right=right):
            return _OF_TWO[type(op)](constant(left), constant(right))
    raise TypeError(f"{ast.unparse(node)} is not constant.")


_OF_TWO: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
