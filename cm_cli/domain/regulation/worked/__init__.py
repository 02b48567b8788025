"""Worked cases of the sections: facts and the outcome an officer expects, and how each is run."""
