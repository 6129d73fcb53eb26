"""All pages of the register but those of cases, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from licet.core.cases.register.lists import CaseLine
from licet.core.cases.register.places import (
    INDEX,
    OVERDUE,
    STYLE,
    criteria_place,
    month_name,
    procedure_place,
)
from licet.core.cases.register.register import Register
from licet.core.cases.register.shown import ShownCase
from licet.pages import look
from licet.pages.register.case import case_page
from licet.pages.register.criteria import criteria_page
from licet.pages.register.index import index_page
from licet.pages.register.lists import case_lists, overdue_lists
from licet.pages.register.procedure import procedure_page
from licet.services.cases.register.whole import month_of

File = tuple[str, bytes]


class Pages:
    """`services.cases.register.ports.Drawn`: one look for all of them."""

    def case(self, case: ShownCase) -> bytes:
        """See the port."""
        return case_page(case)

    def others(self, register: Register, lines: Sequence[CaseLine]) -> Iterator[File]:
        """See the port."""
        yield STYLE, look.STYLE.encode()
        for each in register.procedures:
            yield procedure_place(each.procedure.name), procedure_page(each)
        for catalogue in register.criteria:
            yield criteria_place(catalogue.criteria.name), criteria_page(catalogue)
        yield from by_procedure(register, lines)
        yield from by_month(register, lines)
        if register.overdue:
            yield from overdue_lists(OVERDUE, "What is overdue", register.overdue)
        yield INDEX, index_page(register)


def by_procedure(register: Register, lines: Sequence[CaseLine]) -> Iterator[File]:
    """The cases of each procedure."""
    found: dict[str, list[CaseLine]] = {}
    for line in lines:
        found.setdefault(line.procedure, []).append(line)
    for each in register.procedures:
        name, title = each.procedure.name, each.procedure.title
        if name in found:
            trail = ((procedure_place(name), title),)
            yield from case_lists(name, f"Cases: {title}", found[name], trail)


def by_month(register: Register, lines: Sequence[CaseLine]) -> Iterator[File]:
    """The cases of each month in which there are any."""
    found: dict[str, list[CaseLine]] = {month_name(each.first): [] for each in register.months}
    for line in lines:
        found[month_name(month_of(line.opened))].append(line)
    for name, of in found.items():
        yield from case_lists(name, f"Cases opened in {name}", of)
