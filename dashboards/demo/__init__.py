"""The demonstration: the invented federation 示例科协 (D-11).

`plan` says what happens, as a pure function of (seed, until); `world`, `facts` and `filings` make
it happen through the ordinary actions; `nights` lets the ordinary night compute the figures;
`running` goes on with it while the portal runs. From 2024 on the organisations also work: `roster`
knows them, `terms`, `rolls`, `meetings`, `lists` and `visits` plan, `working_life` enters.
"""

import os

CODE = "demo"
NAME = "示例科协"
COMMITTEE = "示例科协科技社团党委"
SEED = 2026


def chosen_seed() -> int:
    """The seed of this installation: `DEMO_SEED`, or the shipped one."""
    return int(os.environ.get("DEMO_SEED", SEED))
