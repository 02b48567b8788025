"""A trial run of the parser on an old workbook: a process of its own, little memory and time.

The records of an ``.xls`` can claim more cells and copies of texts than any memory holds, and the
parser then ends the whole process. So it meets the file first where that harms nobody. Zipped
workbooks are measured instead (``archive.py``), which is quicker and says what is wrong.
"""

from __future__ import annotations

import subprocess
import sys

from cm_cli.language import _
from cm_cli.readers.rows import refused

MEMORY = 384 << 20  # bytes
SECONDS = 20
_SCRIPT = """
import io, sys
try:
    import resource
except ImportError:
    sys.exit(0)
data = sys.stdin.buffer.read()
limit = int(sys.argv[1]) + 2 * len(data)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]),) * 2)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from python_calamine import CalamineWorkbook
try:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in book.sheet_names:
        book.get_sheet_by_name(name)
except MemoryError:
    sys.exit(1)
except BaseException:  # damage is told by the one who reads it
    pass
"""


def try_out(data: bytes, file: str) -> None:
    """Let the parser read the workbook elsewhere; raises CmError where it does not survive."""
    words = [sys.executable, "-c", _SCRIPT, str(MEMORY), str(SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and script
            words, input=data, capture_output=True, check=False, timeout=SECONDS * 3
        )
    except subprocess.TimeoutExpired:
        survived = False
    else:
        survived = done.returncode == 0
    if not survived:
        what = _("The workbook would take more memory or time to read than it is given")
        mend = _("Copy the table alone into a new workbook, or save it as .csv.")
        raise refused("workbook-too-big", what, file, mend)
