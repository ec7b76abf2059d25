"""Draw the life of a paper from the one table in the code: ``make docs``."""

from __future__ import annotations

from conventions.model.life import STATE_LABELS, TRANSITIONS, State

HEAD = """# The life of a paper

Drawn by `make docs` from `conventions.model.life.TRANSITIONS`; a test compares. What is not in the table cannot be
recorded: the registry refuses it (STORE-08).

```mermaid
stateDiagram-v2
    [*] --> draft"""

TABLE = """```

Events that leave a paper where it is:

| State | Means | Events |
|--|--|--|"""


def as_markdown() -> str:
    """The diagram, then the events that change nothing in it."""
    moves = [one for one in TRANSITIONS if one.before is not one.after]
    arrows = [f"    {one.before.value} --> {one.after.value}: {one.event.kind}" for one in moves]
    stays = {state: [one.event.kind for one in TRANSITIONS if one.before is one.after is state] for state in State}
    rows = [f"| {state.value} | {STATE_LABELS[state]} | {', '.join(kinds)} |" for state, kinds in stays.items()]
    return "\n".join([HEAD, *dict.fromkeys(arrows), TABLE, *rows]) + "\n"


if __name__ == "__main__":
    print(as_markdown(), end="")
