"""The grammar of conditions: a small subset of Python's expressions, parsed with `ast` and never evaluated by Python.

`and or not == != < <= > >= in`, names, strings, whole numbers, `True`, `False` and sets. Anything else is an error
that names the construct. This is the first step, which fixes the shape and needs no context; `meaning` is the second.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize

from licet.core.conditions import Comparison
from licet.core.errors import ConditionRejectedError
from licet.core.facts import LARGEST_INTEGER

LONGEST = 20_000
"""Characters in a condition, at most."""

DEEPEST = 60
"""Levels of nesting, at most."""

BLANK = re.compile(r"[\t\n\v\f\r]")
ESCAPE = r"""\\(?:["'\\nrt]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
STRING = re.compile(f"\"(?:[^\"\\\\]|{ESCAPE})*\"|'(?:[^'\\\\]|{ESCAPE})*'")
STRINGS = (
    r"""one line in `'` or `"`, without a prefix, with the escapes """
    r"""`\\ \' \" \n \r \t \xHH \uHHHH \UHHHHHHHH`"""
)
SURROGATE = re.compile("[\ud800-\udfff]")
WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")

ALLOWED = "allowed are `and or not == != < <= > >= in`, names, strings, whole numbers, `True`, `False` and sets"

COMPARISONS: dict[type[ast.cmpop], Comparison] = {
    ast.Eq: Comparison.EQUAL,
    ast.NotEq: Comparison.UNEQUAL,
    ast.Lt: Comparison.BELOW,
    ast.LtE: Comparison.AT_MOST,
    ast.Gt: Comparison.ABOVE,
    ast.GtE: Comparison.AT_LEAST,
}

CONSTRUCTS = {
    "Call": "a call",
    "Attribute": "an attribute",
    "Subscript": "a subscript",
    "Lambda": "a lambda",
    "IfExp": "a conditional expression",
    "BinOp": "arithmetic",
    "UnaryOp": "arithmetic",
    "List": "a list",
    "Tuple": "a tuple",
    "Dict": "a dictionary",
    "JoinedStr": "an f-string",
    "NamedExpr": "an assignment",
    "Await": "an await",
    "Yield": "a yield",
    "YieldFrom": "a yield",
    "TemplateStr": "a template string",
    "Slice": "a slice",
    "Starred": "a starred expression",
    "ListComp": "a comprehension",
    "SetComp": "a comprehension",
    "DictComp": "a comprehension",
    "GeneratorExp": "a comprehension",
}


def parse(text: str) -> ast.expr:
    """The syntax of a condition, checked to be inside the grammar."""
    if len(text) > LONGEST:
        raise ConditionRejectedError(
            f"a condition of {len(text)} characters; the longest allowed has {LONGEST}", (0, 0)
        )
    flat = BLANK.sub(" ", text).lstrip(" ")
    indent = len(text) - len(flat)
    readable = check_tokens(text, flat, indent)
    try:
        tree = ast.parse(flat, mode="eval")
    except SyntaxError as error:
        raise ConditionRejectedError(
            f"not a condition: {error.msg}; {ALLOWED}", place(text, (error.offset or 1) - 1 + indent)
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ConditionRejectedError(f"not a condition: {error}; {ALLOWED}", (0, 0)) from error
    if not readable:
        raise ConditionRejectedError(f"not a condition; {ALLOWED}", (0, 0))
    character_of = characters(flat)
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            row, node.col_offset = place(text, character_of[node.col_offset] + indent)
            node.lineno = row + 1
    check(tree.body, 0)
    return tree.body


def characters(text: str) -> list[int]:
    """For each byte of a text in UTF-8, the number of the character that it belongs to; `ast` counts bytes."""
    return [number for number, char in enumerate(text) for _ in char.encode()]


def place(text: str, index: int) -> tuple[int, int]:
    """The row and column, from 0, of a character of a text."""
    return text.count("\n", 0, index), index - (text.rfind("\n", 0, index) + 1)


def check_tokens(text: str, flat: str, indent: int) -> bool:
    """Refuse what Python's syntax tree no longer shows: comments, texts beside each other, other notations, letters
    that Python takes for others. False if these are no tokens; `ast` then gives the better message.

    Joined to one line, a comment would swallow what follows it; and where a comma is forgotten, Python makes one text
    of two.
    """
    before: tokenize.TokenInfo | None = None
    try:
        for token in tokenize.generate_tokens(io.StringIO(flat).readline):
            problem = problem_of(token, before)
            if problem is not None:
                raise ConditionRejectedError(problem, place(text, token.start[1] + indent))
            if token.type == tokenize.ERRORTOKEN:
                return False
            before = token
    except (tokenize.TokenError, SyntaxError):
        return False
    return True


def problem_of(token: tokenize.TokenInfo, before: tokenize.TokenInfo | None) -> str | None:
    """What is wrong with one token, given the type of the one before it."""
    text = token.string if len(token.string) <= 80 else token.string[:77] + "..."
    match token.type:
        case tokenize.COMMENT:
            return "a comment inside a condition; write it as a YAML comment"
        case tokenize.STRING if before is not None and before.type == tokenize.STRING:
            return "two strings beside each other; is a comma missing?"
        case tokenize.STRING if token.string[0] not in "bBfFtT" and not STRING.fullmatch(token.string):
            return f"{text} is not a string as the grammar has them: {STRINGS}"
        case tokenize.NUMBER if not WHOLE_NUMBER.fullmatch(token.string):
            return f"`{text}` is not a whole number in decimal digits, from -{LARGEST_INTEGER} to {LARGEST_INTEGER}"
        case tokenize.NAME if before is not None and before.type == tokenize.NUMBER and before.end == token.start:
            return f"`{before.string[:80]}{text}` is neither a number nor a name; is a space missing?"
        case tokenize.NAME if not token.string.isascii():
            return f"the name `{text}` has letters outside ASCII, which can look like others"
    return None


def rejected(message: str, node: ast.expr) -> ConditionRejectedError:
    return ConditionRejectedError(message, (node.lineno - 1, node.col_offset))


def check(node: ast.expr, depth: int) -> None:
    """Refuse whatever is outside the grammar, by its name."""
    if depth > DEEPEST:
        raise rejected(f"a condition nested more than {DEEPEST} deep; give parts of it names as definitions", node)
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                check(part, depth + 1)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            check(inner, depth + 1)
        case ast.Compare():
            check_comparison(node)
        case _:
            check_operand(node)


def check_operand(node: ast.expr) -> None:
    """A name, a literal or a set of literals: what can stand beside a comparison."""
    match node:
        case ast.Set(elts=members):
            for member in members:
                literal(member)
        case ast.Name():
            return
        case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
            raise rejected("a condition inside a comparison; a comparison is between a fact and a literal", node)
        case _:
            literal(node)


def check_comparison(node: ast.Compare) -> None:
    if len(node.ops) > 1:
        raise rejected("a chained comparison; write `a < b and b < c`", node)
    if isinstance(node.ops[0], ast.Is | ast.IsNot):
        raise rejected("`is` is not in the grammar; write `==` or `!=`", node)
    check_operand(node.left)
    check_operand(node.comparators[0])


def literal(node: ast.expr) -> bool | int | str:
    """A string, a whole number, `True` or `False`."""
    match node:
        case ast.Constant(value=str() as value) if not value.isprintable() and SURROGATE.search(value):
            raise rejected("half a surrogate pair is no character", node)
        case ast.Constant(value=bool() | int() | str() as value):
            return within(value, node) if isinstance(value, int) else value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if not isinstance(value, bool):
            return -within(value, node)
        case ast.Constant(value=value):
            raise rejected(f"`{value!r}` is not in the grammar; {ALLOWED}", node)
        case _:
            name = type(node).__name__
            raise rejected(f"{CONSTRUCTS.get(name, name)} is not in the grammar; {ALLOWED}", node)


def within(value: int, node: ast.expr) -> int:
    """A whole number that is not too large for a fact to have."""
    if value > LARGEST_INTEGER:
        raise rejected(f"`{value}` is too large; whole numbers go from -{LARGEST_INTEGER} to {LARGEST_INTEGER}", node)
    return value


def render(node: ast.expr, inside: int = 0) -> str:
    """The canonical text of a checked condition: one spelling whatever the spacing, quotes or needless brackets."""
    match node:
        case ast.BoolOp(op=op, values=parts):
            word, strength = ("or", 1) if isinstance(op, ast.Or) else ("and", 2)
            text = f" {word} ".join(render(part, strength + 1) for part in parts)
            return f"({text})" if inside > strength else text
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            text = f"not {render(inner, 3)}"
            return f"({text})" if inside > 3 else text
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            sign = {ast.In: "in", ast.NotIn: "not in"}.get(type(op)) or COMPARISONS[type(op)].value
            text = f"{render(left, 5)} {sign} {render(right, 5)}"
            return f"({text})" if inside > 4 else text
        case ast.Set(elts=members):
            return "{" + ", ".join(sorted({quoted(literal(member)) for member in members})) + "}"
        case ast.Name(id=name):
            return name
        case _:
            return quoted(literal(node))


def quoted(value: bool | int | str) -> str:
    if not isinstance(value, str):
        return repr(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else ascii(char)[1:-1] for char in escaped) + '"'
