"""The sections of a regulation by subject: what each says, what follows from it, and its cases.

A module holds the models of its keys (shapes), the pure functions that answer what they decide,
and the case an officer writes about them with the function that runs it.
"""
