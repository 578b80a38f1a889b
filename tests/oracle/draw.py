"""The stratified draw once more, from the rule's text; imports nothing of the portal (R-SUP-02).

Fractions instead of integer division, and a competition of single seats: each seat left over goes
to the stratum whose entitlement is least met.
"""

import hashlib
from fractions import Fraction


def _digest(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def seats(sizes, sample, seed):
    """Discipline → seats by largest remainders; ties by SHA-256(seed|discipline)."""
    total = sum(sizes.values())
    given = {name: (Fraction(sample) * size / total).__floor__() for name, size in sizes.items()}
    while sum(given.values()) < sample:
        owed = {n: Fraction(sample) * sizes[n] / total - given[n] for n in sizes}
        most = max(owed.values())
        equal = [name for name, value in owed.items() if value == most]
        given[min(equal, key=lambda name: _digest(f"{seed}|{name}"))] += 1
    return given


def drawn(frame, sample, seed):
    """The names drawn from (discipline, name) pairs."""
    sizes = {}
    for discipline, _ in frame:
        sizes[discipline] = sizes.get(discipline, 0) + 1
    found = set()
    for discipline, count in seats(sizes, sample, seed).items():
        names = [name for each, name in frame if each == discipline]
        names.sort(key=lambda name: _digest(f"{seed}|{name}"))
        found.update(names[:count])
    return found
