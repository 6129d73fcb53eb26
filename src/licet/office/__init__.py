"""Where people come: to be verified, to push members, to decide. HTTP beside the gate, on an address of its own."""
