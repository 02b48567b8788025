"""What the program itself writes into workbooks and must know again when it reads them.

A column of findings is never data, and a page of instructions never a table of records.
"""

from __future__ import annotations

FINDINGS = {"zh": "错误说明", "en": "Import findings"}
HOW_TO = {"zh": "填写说明", "en": "How to fill in"}
