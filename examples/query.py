"""A query of DuckDB over a file: which rules keep how many rows back, in which city.

pip install 'predial[duckdb]'
python query.py contacts.csv RU
"""

import sys

import duckdb

import predial.duckdb

QUERY = """
    SELECT "Город" AS city,
        predial_rule("Телефон", "Часовой пояс", $region) AS rule,
        count(*) AS jobs
    FROM read_csv($file, all_varchar = true)
    GROUP BY ALL
    HAVING rule IS NOT NULL
    ORDER BY ALL
"""


def main(file: str, region: str) -> None:
    connection = predial.duckdb.register(duckdb.connect())
    for row in connection.execute(QUERY, {"file": file, "region": region}).fetchall():
        print(*row, sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
