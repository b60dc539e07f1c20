"""docs/tables holds the catalogues as calcml makes them.

`python -m tests.test_tables_of_docs` writes them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from calcml.tables import NAMED, table

pytestmark = pytest.mark.slow
FOLDER = Path(__file__).parents[1] / "docs" / "tables"
ENDINGS = ("md", "html")


def test_every_catalogue_is_there() -> None:
    expected = {f"{name}.{ending}" for name in NAMED for ending in ENDINGS}
    assert {path.name for path in FOLDER.iterdir()} == expected


@pytest.mark.parametrize("name", NAMED)
def test_the_tables_are_what_the_engine_says(name: str) -> None:
    made = table(name)
    for format, ending in zip(("markdown", "html"), ENDINGS, strict=True):
        written = (FOLDER / f"{name}.{ending}").read_text(encoding="utf-8")
        assert written == made.render(format), "python -m tests.test_tables_of_docs"


if __name__ == "__main__":
    for each in NAMED:
        made = table(each)
        for ending in ENDINGS:
            made.save(FOLDER / f"{each}.{ending}")
