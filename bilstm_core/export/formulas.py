"""A formula as NumPy has it, with no more than a program needs that stands alone; a test holds it to the labels."""

import ast
import textwrap
from collections.abc import Sequence

from bilstm_core.export.pieces import WIDTH
from bilstm_core.problems.formula.language import parsed

HELPERS = {
    "at": """def at(step):
    step = np.broadcast_to(step, TIMESTEPS)  # from 1; outside the sequence a value is 0
    inside = (step >= 1) & (step <= TIMESTEPS)
    return np.where(inside, v[:, np.where(inside, step, 1).astype(int) - 1], 0)""",
    "over": """def over(combine, start, first, last):
    so_far = np.full(v.shape, float(start))
    for step in range(1, TIMESTEPS + 1):  # those from `first` to `last`, one after the other
        held = (first <= step) & (step <= last)
        so_far = np.where(held, combine(so_far, v[:, step - 1 : step]), so_far)
    return so_far""",
    "mean": """def mean(first, last):
    count = np.minimum(last, T) - np.maximum(first, 1) + 1
    return over(np.add, 0, first, last) / np.maximum(count, 1)""",
}
TIME = {"t": "t = np.arange(1.0, TIMESTEPS + 1)", "T": "T = np.float64(TIMESTEPS)"}
NARROWER = 16  # characters of a line that a formula has not
EXTREMES = {"max": ("np.maximum", "0"), "min": ("np.minimum", "1")}


def labeled(text: str) -> str:
    """The lines that make y, (n, TIMESTEPS, 1), of x for a formula that was checked."""
    tree = parsed(text).tree
    made = _of(tree)
    code, names = ast.unparse(made), {node.id for node in ast.walk(made) if isinstance(node, ast.Name)}
    if "mean" in names:
        names |= {"over", "T"}
    helpers = "".join(f"\n{HELPERS[name]}\n" for name in HELPERS if name in names)
    lines = [f"true = {code}"]
    if len(code) > WIDTH - NARROWER:
        lines = [
            "true = (",
            textwrap.indent(textwrap.fill(code, WIDTH - NARROWER, break_long_words=False), "    "),
            ")",
        ]
    if any(isinstance(node, ast.Div | ast.FloorDiv | ast.Mod) for node in ast.walk(tree)):
        lines = ['with np.errstate(all="ignore"):', *(textwrap.indent(line, "    ") for line in lines)]
    return "\n".join(
        [
            "v = x[..., 0].astype(np.float64)",
            *(line for name, line in TIME.items() if name in names),
            *([helpers] if helpers else []),
            *lines,
            "y = np.broadcast_to(true, v.shape)[..., None]",
        ]
    )


def _of(node: ast.expr) -> ast.expr:
    match node:
        case ast.Subscript(slice=ast.Name(id="t")):
            return ast.Name("v")
        case ast.Subscript(slice=step):
            return _call("at", [_of(step)])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _call("np.logical_not", [_of(operand)])
        case ast.UnaryOp(op=op, operand=operand):
            return ast.UnaryOp(op, _of(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(_of(left), op, _of(right))
        case ast.BoolOp(op=op, values=parts):
            return _joined([_of(part) for part in parts], ast.BitAnd() if isinstance(op, ast.And) else ast.BitOr())
        case ast.Compare(left=left, ops=ops, comparators=rights):
            sides = [_of(side) for side in (left, *rights)]
            pairs = zip(ops, sides, sides[1:], strict=False)
            return _joined([ast.Compare(one, [op], [other]) for op, one, other in pairs], ast.BitAnd())
        case ast.IfExp(test=test, body=body, orelse=other):
            return _call("np.where", [_of(test), _of_floats(body), _of_floats(other)])
        case ast.Call(func=ast.Name(id="count"), args=[ast.Compare(left=group, ops=[op], comparators=[right])]):
            value = ast.Compare(ast.Name("value"), [op], [_of(right)])
            arguments = ast.arguments([], [ast.arg("so_far"), ast.arg("value")], None, [], [], None, [])
            counted = ast.Lambda(arguments, ast.BinOp(ast.Name("so_far"), ast.Add(), value))
            return _call("over", [counted, ast.Constant(0), *_ends(group)])
        case ast.Call(func=ast.Name(id="abs"), args=[part]):
            return _call("np.abs", [_of_floats(part)])
        case ast.Call(func=ast.Name(id="sum"), args=[group]):
            return _call("over", [ast.Name("np.add"), ast.Constant(0), *_ends(group)])
        case ast.Call(func=ast.Name(id="mean"), args=[group]):
            return _call("mean", _ends(group))
        case ast.Call(func=ast.Name(id=word), args=[group]):
            return _call("over", [*map(ast.Name, EXTREMES[word]), *_ends(group)])
        case ast.Call(func=ast.Name(id=word), args=[first, *others]):
            extreme = _of_floats(first)
            for other in others:
                extreme = _call(EXTREMES[word][0], [extreme, _of_floats(other)])
            return extreme
    return node


def _of_floats(node: ast.expr) -> ast.expr:
    """A part that NumPy takes alone, with its numbers as floats if it has nothing else: whole ones would overflow."""
    made = _of(node)
    if not any(isinstance(each, ast.Name) for each in ast.walk(made)):
        for each in ast.walk(made := ast.parse(ast.unparse(made), mode="eval").body):
            if isinstance(each, ast.Constant) and type(each.value) is int:
                each.value = float(each.value)
    return made


def _ends(group: ast.expr) -> list[ast.expr]:
    match group:
        case ast.Name(id=word):
            ends = {"before": ("1", "t - 1"), "after": ("t + 1", "T"), "all": ("1", "T")}[word]
        case ast.Call(args=[ast.Constant(value=int(reach))]):
            ends = (f"t - {reach}", f"t + {reach}")
    return [ast.parse(end, mode="eval").body for end in ends]


def _joined(parts: Sequence[ast.expr], op: ast.operator) -> ast.expr:
    joined = parts[0]
    for part in parts[1:]:
        joined = ast.BinOp(joined, op, part)
    return joined


def _call(name: str, arguments: list[ast.expr]) -> ast.expr:
    return ast.Call(ast.Name(name), arguments, [])
