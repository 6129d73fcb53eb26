"""A classifier that speaks the moderation contract over HTTP, and does what a test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from dataclasses import dataclass, field
from typing import Any

SECRET = "the word of the day"
DOUBTFUL = "the day"


@dataclass
class ClassifierServer:
    """Listens in a thread. `manner` is what it does; `wait` waits for another manner. `seen`: paths, with the texts."""

    manner: str = "score"
    seen: list[tuple[str, list[str]]] = field(default_factory=list)
    port: int = 0

    def start(self) -> None:
        """Listen on a free port."""
        started = threading.Event()

        def run() -> None:
            async def main() -> None:
                server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=256, limit=2**24)
                self.port = server.sockets[0].getsockname()[1]
                started.set()
                await server.serve_forever()

            asyncio.run(main())

        threading.Thread(target=run, daemon=True).start()
        started.wait(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
                length = next(int(line.split(":")[1]) for line in head if line.startswith("content-length"))
                body = json.loads(await reader.readexactly(length))
                texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
                self.seen.append((head[0].split()[1], texts))
                while self.manner == "wait":  # noqa: ASYNC110 - a test's thread
                    await asyncio.sleep(0.01)
                if self.manner == "hang":
                    await reader.read(1)
                    break
                if self.manner == "close":
                    break
                writer.write(self._answer(texts))
                await writer.drain()
                if self.manner == "half":
                    break
        writer.close()

    def _answer(self, texts: list[str]) -> bytes:
        match self.manner:
            case "html":
                return answer(b"<html>all is well</html>", "text/html")
            case "nan":
                return answer(json.dumps(results(float("nan"), len(texts))).encode())
            case "over":
                return answer(json.dumps(results(7.5, len(texts))).encode())
            case "none":
                return answer(b'{"results": []}')
            case "redirect":
                return b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
            case "500":
                return b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\n{}"
            case "half":
                return b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
        found = [results(score(text), 1)["results"][0] for text in texts]
        return answer(json.dumps({"results": found}).encode())


def score(text: str) -> float:
    """Certain of the whole secret, in doubt about a part of it."""
    return 0.97 if SECRET in text else 0.5 if DOUBTFUL in text else 0.02


def results(value: float, count: int) -> dict[str, Any]:
    """As the moderation API spells scores."""
    one = {"flagged": False, "categories": {"word": False}, "category_scores": {"word": value}}
    return {"id": "modr", "model": "m", "results": [one] * count}


def answer(body: bytes, media: str = "application/json") -> bytes:
    """A whole answer."""
    return b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s" % (media.encode(), len(body), body)
