"""Sets a walk off, counts its steps, and tells how many there were."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.walk.editions import Editions
from tests.walk.machine import Walk, Walks

IN_CI = 20_000
"""The steps of all walks together when nothing else is asked: the promise is 20,000."""
KINDS = 5
"""So many kinds of walks share them, each in a file of its own, so that two processes can work."""
STEPS_A_WALK = 100


@dataclass(frozen=True)
class Walking:
    """How far one kind of walk goes."""

    editions: Editions
    steps: int
    same: bool
    """Whether these are the same steps every time."""
    tell: Callable[[str, object], None]
    shrink: bool = False
    """Whether the way to a broken promise is made shorter, which takes minutes."""

    def walk(self, kind: type[Walk]) -> None:
        """Walk at least this far. Raises BrokenPromiseError, with the way to it."""
        walks = Walks(self.editions)
        first = 0 if self.same else random.randrange(10**9)  # noqa: S311  # no secret
        for number in count(first):
            left = self.steps - walks.steps  # Hypothesis breaks some walks off early
            if left <= 0:
                break
            run_state_machine_as_test(
                seed(number)(partial(kind, walks)),  # type: ignore[arg-type]  # any factory will do, says its manual
                settings=settings(
                    max_examples=-(-left // STEPS_A_WALK),
                    stateful_step_count=STEPS_A_WALK,
                    database=None,  # a failure is found again by itself
                    deadline=None,  # a machine that is busy is no failure
                    phases=(Phase.generate, *((Phase.shrink,) if self.shrink else ())),
                    suppress_health_check=list(HealthCheck),  # as above
                    print_blob=False,
                ),
            )
        self.tell("walk_steps", walks.steps)
