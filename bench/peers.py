"""The other gateways, from the folder that `PEERS_DIR` names (default `../shared/peers`), and the upstreams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.servers import Target

CHAT = "/v1/chat/completions"
HOME = Path(os.environ.get("PEERS_HOME", Path.home() / ".cache" / "licet-peers"))
UPSTREAM = Target("straight to the upstream", 9901, CHAT, {"authorization": "Bearer sk-upstream"}, "mock-model")


def folder() -> Path:
    """Where the peers are described. Raises SystemExit where they are not."""
    found = Path(os.environ.get("PEERS_DIR", Path(__file__).parents[2] / "shared" / "peers")).resolve()
    if not (found / "peers").is_file():
        raise SystemExit(f"no peers in `{found}`: set PEERS_DIR to the folder with the script `peers`")
    return found


def setup() -> None:
    """Install the peers, once."""
    subprocess.run([str(folder() / "peers"), "setup"], check=True, stdout=sys.stderr)


def start(name: str) -> list[str]:
    """The command that runs a peer in the foreground."""
    return [str(folder() / "peers"), "start", name]


def streaming_upstream() -> list[str]:
    """The command for the model API that streams 20 tokens, 50 ms apart, on the port the peers are configured for."""
    return [sys.executable, str(folder() / "slow_upstream.py"), str(UPSTREAM.port)]


def targets() -> dict[str, Target]:
    """The peers by the names under which they are started."""
    token = HOME / "envoy" / "token-us.txt"
    portkey = {
        "authorization": "Bearer sk-any",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": f"http://127.0.0.1:{UPSTREAM.port}/v1",
    }
    envoy = {"authorization": f"Bearer {token.read_text().strip()}"}
    tensorzero = "tensorzero::model_name::mock-model"
    return {
        "envoy-rbac": Target("Envoy", 9916, CHAT, envoy, "model-x"),
        "tensorzero": Target("TensorZero", 9915, "/openai" + CHAT, {}, tensorzero),
        "portkey": Target("Portkey", 9912, CHAT, portkey, "mock-model"),
        "litellm": Target("LiteLLM", 9911, CHAT, {"authorization": "Bearer sk-anchor-1234"}, "mock-model"),
    }
