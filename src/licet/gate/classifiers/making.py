"""From a stage to its classifier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from licet.core.safeguards import Contract, Stage
from licet.gate.classifiers.chat import chat
from licet.gate.classifiers.embedded import embedded
from licet.gate.classifiers.guardrail import guardrail
from licet.gate.classifiers.moderation import moderation
from licet.gate.ports import Classifier, ClassifierFrom
from licet.gate.upstream import Upstreams


def classifiers(upstreams: Upstreams, environ: Mapping[str, str], new_id: Callable[[], str]) -> ClassifierFrom:
    """Makes the classifier of any stage; connections are shared. `environ` has the keys."""

    def classifier(stage: Stage) -> Classifier:
        match stage.contract:
            case Contract.EMBEDDED:
                return embedded(stage)
            case Contract.MODERATION:
                return moderation(upstreams, stage, environ)
            case Contract.CHAT:
                return chat(upstreams, stage, environ)
            case Contract.GUARDRAIL:
                return guardrail(upstreams, stage, environ, new_id)
            case _ as unreachable:
                assert_never(unreachable)

    return classifier
