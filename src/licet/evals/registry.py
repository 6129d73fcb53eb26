"""What Inspect finds by the entry point `inspect_ai`: `licet/breadth`, `licet/counterfactual`, `licet/patch`,
`licet/benign-cost`, the scorer `licet/revealed` and the hook that writes receipts."""

from licet.evals.asking import ask
from licet.evals.receipts import Receipts
from licet.evals.running import Telling
from licet.evals.scoring import revealed
from licet.evals.tasks import benign_cost, breadth, counterfactual, patch

__all__ = ["Receipts", "Telling", "ask", "benign_cost", "breadth", "counterfactual", "patch", "revealed"]
