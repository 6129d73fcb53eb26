"""An upstream that says what a test wants it to say, in the pieces that it wants."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class SpeakingServer:
    """Answers each model's requests with the pieces in `script`, each written by itself; `media` is their type.

    Before a piece `WAIT` it stops until `held` is false.
    """

    script: dict[str, list[bytes]] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    held: bool = True
    port: int = 0
    left: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Listen on a free port."""
        started = threading.Event()

        def run() -> None:
            async def main() -> None:
                server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
                self.port = server.sockets[0].getsockname()[1]
                started.set()
                await server.serve_forever()

            asyncio.run(main())

        threading.Thread(target=run, daemon=True).start()
        started.wait(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
            length = next(int(line.split(":")[1]) for line in head if line.startswith("content-length"))
            model = json.loads(await reader.readexactly(length))["model"]
            media = self.media.get(model, "application/json")
            lines = f"HTTP/1.1 {self.status.get(model, 200)} OK\r\ncontent-type: {media}\r\n{self.more.get(model, '')}"
            writer.write(f"{lines}transfer-encoding: chunked\r\n\r\n".encode())
            for piece in self.script[model]:
                if piece == WAIT:
                    while self.held and not writer.transport.is_closing():  # noqa: ASYNC110 - a test's thread
                        await asyncio.sleep(0.02)
                    continue
                writer.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
                await writer.drain()
                await asyncio.sleep(0.002)
                if writer.transport.is_closing():
                    self.left.append(model)
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        writer.close()


WAIT = b"(wait)"


def whole(text: str) -> bytes:
    """An answer of either API."""
    answer: dict[str, Any] = {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
    }
    return json.dumps(answer).encode()


def chunk(text: str, choice: int = 0) -> bytes:
    """One event of a chat's stream."""
    delta = {"index": choice, "delta": {"content": text}, "finish_reason": None}
    tree = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]}
    return b"data: " + json.dumps(tree).encode() + b"\n\n"


def tool_chunk(arguments: str) -> bytes:
    """One event of a chat's stream in which a tool is called."""
    call = {"index": 0, "function": {"arguments": arguments}}
    tree = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}
    return b"data: " + json.dumps(tree).encode() + b"\n\n"


def named(tree: dict[str, Any]) -> bytes:
    """One event of the streams whose events have names."""
    return f"event: {tree['type']}\ndata: {json.dumps(tree)}\n\n".encode()


def messages(*texts: str) -> list[bytes]:
    """A stream of the Messages API."""
    start: dict[str, Any] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": t}} for t in texts),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
        {"type": "message_stop"},
    ]
    return [named(each) for each in events]


def responses(*texts: str) -> list[bytes]:
    """A stream of the Responses API."""
    return [
        named(
            {
                "type": "response.output_text.delta",
                "sequence_number": number,
                "item_id": "i",
                "output_index": 0,
                "content_index": 0,
                "delta": text,
                "logprobs": [],
            }
        )
        for number, text in enumerate(texts)
    ]
