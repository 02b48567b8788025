"""Assignment of clients to managers: facts in, a plan and its explanation out."""
