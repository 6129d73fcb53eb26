"""What could not be done, as a page: the reason in a sentence, and nothing of what was sent."""

from __future__ import annotations

from licet.pages import look
from licet.pages.blocks import Page, Pairs, Section
from licet.pages.role import Role
from licet.pages.words import Mark


def problem_page(status: int, title: str, message: str) -> str:
    """A refusal as one self-contained HTML page. `message` is lower case and without a full stop, as errors are."""
    sentence = f"{message[:1].upper()}{message[1:]}."
    told = Pairs((("Answer", Mark(Role.REFUTED, f"{status} {title}")),), quiet=True)
    return look.render(Page("Office", "This did not work", (sentence,), (), (Section("details", "Details", (told,)),)))
