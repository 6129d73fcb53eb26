"""From a suite's items to Inspect's samples: the conversation of each, and the names that a trial needs."""

from __future__ import annotations

from collections.abc import Iterator

from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

from licet.evals.setups import Setup, Technique, Turn, Voice, conversation
from licet.evals.suites import Run, content_digest


def samples(run: Run, arm: str, setup: Setup, technique: Technique) -> Iterator[Sample]:
    """One sample an item. Its metadata is that of `spec/evals.md`: no more than a trial's names, and digests."""
    for item, asked in run.items:
        turns = conversation(setup, technique, asked.request, asked.about)
        yield Sample(
            id=item.name,
            input=[message(turn) for turn in turns],
            target=list(asked.expects),
            metadata={
                "suite": run.suite.name,
                "manifest": run.suite.digest,
                "item": item.name,
                "family": item.family,
                "use": item.use.value,
                "arm": arm,
                "content": content_digest(asked),
                "setup": setup.name,
                "technique": technique.name,
            },
        )


def message(turn: Turn) -> ChatMessage:
    """A turn as Inspect has it."""
    match turn.voice:
        case Voice.SYSTEM:
            return ChatMessageSystem(content=turn.text)
        case Voice.USER:
            return ChatMessageUser(content=turn.text)
        case Voice.ASSISTANT:
            return ChatMessageAssistant(content=turn.text)
