"""Zips every function that `sam build` made, as SAM does, and holds each to its size: zips.py FOLDER."""

import io
import pathlib
import sys
import zipfile

LIMIT_MB = 3.5


def zip_bytes(function: pathlib.Path) -> int:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(function.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(function))
    return len(buffer.getvalue())


def main() -> int:
    functions = sorted(path.parent for path in pathlib.Path(sys.argv[1]).glob("*/bootstrap"))
    if not functions:
        print(f"{sys.argv[1]} holds no function")
        return 1
    too_large = 0
    for function in functions:
        megabytes = zip_bytes(function) / 1_000_000
        too_large += megabytes > LIMIT_MB
        print(f"{function.name:20} {megabytes:.2f} MB{f' is over {LIMIT_MB}' if megabytes > LIMIT_MB else ''}")
    return 1 if too_large else 0


sys.exit(main())
