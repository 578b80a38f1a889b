"""The demonstration: the invented federation 示例科协 (D-11).

`plan` says what happens, as a pure function of (seed, until); `world`, `facts` and `filings` make
it happen through the ordinary actions; `nights` lets the ordinary night compute the figures.
"""

CODE = "demo"
NAME = "示例科协"
COMMITTEE = "示例科协科技社团党委"
SEED = 2026
