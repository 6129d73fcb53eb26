"""A model with a policy, for demonstrations: a server that puts setups before the conversations that it passes on.

What an operator deploys is a model with a system prompt, and callers do not see it. This process stands in for that:
requests for a model with a setup reach the server behind it with the setup's turns first; all others pass unchanged.

Run it as `python -m licet.evals.policied PORT UPSTREAM NAME=SETUP.yaml ...` (port 0: any free port). It listens on
loopback; its first line on standard output is JSON: `{"listening": "http://127.0.0.1:PORT"}`. Needs the extra `demo`.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, web

from licet.evals.rejected import EvalsRejected
from licet.evals.setups import Setup, read_setup


def with_setup(body: bytes, setups: Mapping[str, Setup]) -> bytes:
    """A request's body with the setup of its model before its messages; as it was, if its model has none."""
    try:
        tree = json.loads(body)
    except ValueError:
        return body
    setup = setups.get(str(tree.get("model"))) if isinstance(tree, dict) else None
    if setup is None or not isinstance(tree.get("messages"), list):
        return body
    turns = [{"role": turn.voice.value, "content": turn.text} for turn in setup.turns]
    return json.dumps({**tree, "messages": [*turns, *tree["messages"]]}).encode()


def front(upstream: str, setups: Mapping[str, Setup]) -> web.Application:
    """An application that passes each request to `upstream`, with its model's setup."""
    session = web.AppKey("session", ClientSession)

    async def client(app: web.Application) -> AsyncIterator[None]:
        app[session] = ClientSession(upstream, auto_decompress=False, timeout=ClientTimeout(total=None))
        yield
        await app[session].close()

    async def forward(request: web.Request) -> web.StreamResponse:
        data = with_setup(await request.read(), setups)
        headers = {"content-type": request.content_type}
        async with request.app[session].request(request.method, request.path, data=data, headers=headers) as answer:
            out = web.StreamResponse(status=answer.status, headers={"content-type": answer.headers["content-type"]})
            await out.prepare(request)
            async for chunk in answer.content.iter_any():
                await out.write(chunk)
            return out

    app = web.Application(client_max_size=16 << 20)
    app.cleanup_ctx.append(client)
    app.router.add_route("*", "/{path:.*}", forward)
    return app


async def serve(port: int, upstream: str, setups: Mapping[str, Setup]) -> None:
    """Answer on 127.0.0.1:`port` until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(front(upstream, setups), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, shutdown_timeout=0.5).start()
    sys.stdout.write(json.dumps({"listening": f"http://127.0.0.1:{runner.addresses[0][1]}"}) + "\n")
    sys.stdout.flush()
    await stop.wait()
    await runner.cleanup()


def named(arguments: list[str]) -> dict[str, Setup]:
    """Setups by the names of their models, from `NAME=FILE` each. Raises `EvalsRejected`."""
    pairs = (argument.partition("=") for argument in arguments)
    return {name: read_setup(Path(file)) for name, _, file in pairs}


if __name__ == "__main__":
    options = ArgumentParser(prog="python -m licet.evals.policied", description=(__doc__ or "").partition("\n")[0])
    options.add_argument("port", type=int, help="where it listens on 127.0.0.1; 0 for any free port")
    options.add_argument("upstream", help="the server behind it, as in http://127.0.0.1:8100")
    options.add_argument(
        "setups", nargs="*", metavar="NAME=SETUP.yaml", help="a model, and what goes before its requests"
    )
    found = options.parse_args()
    try:
        setups = named(found.setups)
    except EvalsRejected as error:
        options.error(str(error))
    asyncio.run(serve(found.port, found.upstream, setups))
