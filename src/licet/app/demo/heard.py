"""One question of a caller, asked through the official client, and what they heard."""

from __future__ import annotations

from dataclasses import dataclass

import openai

TOKENS = 8
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller heard: `served`, `substitute`, `refuse`; by which model, and in which words."""

    outcome: str
    served: str
    text: str


def ask(gate: str, key: str, model: str, question: str) -> Heard:
    """What somebody with this key hears of the gate at this address."""
    client = openai.OpenAI(base_url=f"{gate}/v1", api_key=key, max_retries=0, timeout=SECONDS)
    try:
        answer = client.chat.completions.create(
            model=model, max_tokens=TOKENS, temperature=0, messages=[{"role": "user", "content": question}]
        )
    except openai.APIStatusError as error:
        return Heard("refuse", "", error.message)
    finally:
        client.close()
    outcome = "served" if answer.model == model else "substitute"
    return Heard(outcome, answer.model, (answer.choices[0].message.content or "").strip())


def in_words(heard: Heard) -> str:
    """The same on one line."""
    match heard.outcome:
        case "served":
            return f"answered by {heard.served}"
        case "substitute":
            return f"answered by {heard.served} instead, and told so"
        case _:
            return f"refused: {' '.join(heard.text.split())}"
