"""Boolean formulas and questions to a solver, built directly at z3's C interface.

z3's own operators look at the sort of each operand several times over, which takes longer than most of the answers.
Everything here is boolean, so there is nothing to look at. What is certain is folded: a formula that says nothing is
`TRUE`, one that nobody can meet is `FALSE`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence

import z3

TRUE = z3.BoolVal(True)
FALSE = z3.BoolVal(False)

Holds = Callable[[z3.BoolRef], bool]
"""Whether a formula holds, of somebody."""

_CONTEXT = z3.main_ctx()
_REF = _CONTEXT.ref()
_TRUE, _FALSE = TRUE.ast.value, FALSE.ast.value
_ONE = z3.Ast * 1


def every(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    """All of them."""
    return _joined(z3.Z3_mk_and, parts, neutral=_TRUE, settling=_FALSE)


def some(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    """At least one of them."""
    return _joined(z3.Z3_mk_or, parts, neutral=_FALSE, settling=_TRUE)


def no(part: z3.BoolRef) -> z3.BoolRef:
    """The contrary."""
    if part.ast.value in (_TRUE, _FALSE):
        return FALSE if part.ast.value == _TRUE else TRUE
    return z3.BoolRef(z3.Z3_mk_not(_REF, part.ast), _CONTEXT)


def differ(one: z3.BoolRef, another: z3.BoolRef) -> z3.BoolRef:
    """Exactly one of the two."""
    return z3.BoolRef(z3.Z3_mk_xor(_REF, one.ast, another.ast), _CONTEXT)


def same(one: z3.BoolRef, another: z3.BoolRef) -> z3.BoolRef:
    """Both or neither."""
    return z3.BoolRef(z3.Z3_mk_eq(_REF, one.ast, another.ast), _CONTEXT)


def follows(one: z3.BoolRef, another: z3.BoolRef) -> z3.BoolRef:
    """The other, if the one."""
    return z3.BoolRef(z3.Z3_mk_implies(_REF, one.ast, another.ast), _CONTEXT)


def one_of(flags: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """Exactly one of some flags."""
    weights = (ctypes.c_int * len(flags))(*[1] * len(flags))
    return z3.BoolRef(z3.Z3_mk_pbeq(_REF, *_row(flags), weights, 1), _CONTEXT)


def is_same(one: z3.BoolRef, another: z3.BoolRef) -> bool:
    """Whether two formulas are written alike; z3 has each only once."""
    return bool(one.ast.value == another.ast.value)


def number(formula: z3.BoolRef) -> int:
    """What tells a formula from all others, for as long as somebody keeps it."""
    return int(formula.ast.value)


def solver() -> z3.Solver:
    """A solver that decides anything of this kind. What it is hinted at, it tries first at every question."""
    # compact is only how a model is written down; z3 asks for that once for all solvers
    z3.set_param("model.compact", False)
    made = z3.SolverFor("QF_FD")
    made.set("phase", "frozen")
    # z3 would take Ctrl-C for itself, and lose it where it has an answer first
    made.set("ctrl_c", False)
    return made


def tell(solver: z3.Solver, *formulas: z3.BoolRef) -> None:
    """Let a solver know that formulas hold."""
    for each in formulas:
        z3.Z3_solver_assert(_REF, solver.solver, each.ast)


def ask(solver: z3.Solver, assumed: Iterable[z3.BoolRef]) -> bool | None:
    """Whether somebody can be of whom all this holds; None if that was not decided in time."""
    answer = z3.Z3_solver_check_assumptions(_REF, solver.solver, *_row(assumed))
    return None if answer == z3.Z3_L_UNDEF else bool(answer == z3.Z3_L_TRUE)


def last(solver: z3.Solver) -> Holds:
    """What holds of somebody whom the solver found, at its last answer; what it left open does not."""
    model = solver.model()

    def holds(formula: z3.BoolRef) -> bool:
        found = _ONE()
        done = z3.Z3_model_eval(_REF, model.model, formula.ast, True, found)
        return bool(done and found[0].value == _TRUE)

    return holds


def hint(solver: z3.Solver, flag: z3.BoolRef, value: z3.BoolRef) -> None:
    """What to try first for a flag. It says nothing about whether it holds."""
    z3.Z3_solver_set_initial_value(_REF, solver.solver, flag.ast, value.ast)


def _joined(join: Callable[..., z3.Ast], parts: Iterable[z3.BoolRef], *, neutral: int, settling: int) -> z3.BoolRef:
    kept = {part.ast.value: part for part in parts if part.ast.value != neutral}
    if settling in kept:
        return kept[settling]
    if len(kept) == 1:
        return next(iter(kept.values()))
    if not kept:
        return TRUE if neutral == _TRUE else FALSE
    return z3.BoolRef(join(_REF, *_row(kept.values())), _CONTEXT)


def _row(parts: Iterable[z3.BoolRef]) -> tuple[int, object]:
    found = [part.ast for part in parts]
    return len(found), (z3.Ast * len(found))(*found)
