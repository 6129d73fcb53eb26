"""What attests a fact: tokens, sign-ins, presentations with their status lists; and the invitation to one."""
