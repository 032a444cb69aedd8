"""Results as a Parquet file, made from the lines of the CSV file (needs the extra ``sweep``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from detente.ask.sweeping.table import NUMBERS, WHOLE, Column

ABOUT = b"detente"  # the key of the file's metadata that says what decides the results


def write_parquet(
    lines: Path, target: Path, columns: tuple[Column, ...], about: dict[str, Any]
) -> None:
    """Convert a CSV file of results to Parquet, block by block.

    Parameters
    ----------
    lines : the CSV file
    target : the file to write; replaced where it is there
    columns : of the file, in order
    about : JSON values; kept under `ABOUT` in the file's metadata
    """
    import pyarrow as pa  # noqa: PLC0415  (an extra, slow to import)
    from pyarrow import csv, parquet  # noqa: PLC0415

    kinds = {NUMBERS: pa.float64(), WHOLE: pa.int64()}
    types = {each.name: kinds.get(each.kind, pa.string()) for each in columns}
    options = csv.ConvertOptions(
        column_types=types, null_values=[""], strings_can_be_null=True, check_utf8=True
    )
    metadata = {ABOUT: json.dumps(about, ensure_ascii=False).encode()}
    schema = pa.schema(list(types.items()), metadata=metadata)
    with (
        csv.open_csv(lines, convert_options=options) as reader,
        parquet.ParquetWriter(target, schema, compression="zstd") as writer,
    ):
        for batch in reader:
            writer.write_batch(batch.cast(schema) if batch.schema != schema else batch)
