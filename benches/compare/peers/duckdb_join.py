"""Rows that differ between two exports, by key: DuckDB's full join, every column compared."""
import sys

import duckdb

base, following = sys.argv[1:3]
connection = duckdb.connect()
for name, path in (("before", base), ("after", following)):
    connection.sql(f"create view {name} as from read_csv('{path}', all_varchar = true)")
columns = [row[0] for row in connection.sql("describe before").fetchall()]
differs = " or ".join(f'before."{column}" is distinct from after."{column}"' for column in columns)
print(
    connection.sql(
        f"""
        select case when before."UserID" is null then 'added'
                    when after."UserID" is null then 'removed'
                    else 'changed' end as kind,
               count(*)
        from before full join after on before."UserID" = after."UserID"
        where {differs}
        group by 1 order by 1
        """
    ).fetchall()
)
