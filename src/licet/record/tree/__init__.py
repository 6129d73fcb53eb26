"""The Merkle tree, its proofs, and the tiles that hold it."""
