"""Formula tables: catalogues are data, every derivative is computed and checked.

Catalogues (TOML) flow in, tables flow out that render as Markdown, LaTeX, HTML, CSV and
JSON. It may import what stands below it, `check` among it.
"""

from calcml.tables.catalogue import NAMED as NAMED
from calcml.tables.formats import FORMATS as FORMATS
from calcml.tables.table import Table as Table, table as table
