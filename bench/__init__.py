"""The benchmarks: `python -m bench` measures the engine, the journal and the gate, and writes `bench/RESULTS.md`."""
