"""Rows that differ between two exports, by key: Polars' streaming engine over a hash of each row."""
import sys

import polars as pl

base, following = sys.argv[1:3]


def side(path):
    rows = pl.scan_csv(path, infer_schema=False)
    names = rows.collect_schema().names()
    return rows.select(pl.col("UserID"), pl.struct(names).hash().alias("print"))


both = side(base).join(side(following), on="UserID", how="full", coalesce=True, suffix="_after")
kind = (
    pl.when(pl.col("print").is_null())
    .then(pl.lit("added"))
    .when(pl.col("print_after").is_null())
    .then(pl.lit("removed"))
    .when(pl.col("print") != pl.col("print_after"))
    .then(pl.lit("changed"))
)
print(both.select(kind.alias("kind")).drop_nulls().group_by("kind").len().collect(engine="streaming").sort("kind"))
