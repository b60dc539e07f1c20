"""Formula tables: catalogues are data, every derivative is computed and checked."""

from calcml.tables.catalogue import NAMED as NAMED
from calcml.tables.table import FORMATS as FORMATS, Table as Table, table as table
