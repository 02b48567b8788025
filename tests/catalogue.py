"""The catalogue of sentences: what the program says, and whether each has its Chinese.

``python tests/catalogue.py`` brings ``locale/`` up to date: new sentences are added untranslated,
those no longer said are dropped, and the binary catalogue is made again. ``--missing`` prints the
untranslated sentences as JSON, ``--take FILE`` reads translations (a JSON object) in.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cm_cli"
FOLDER = PACKAGE / "locale" / "zh_CN" / "LC_MESSAGES"
PO, MO = FOLDER / "cm.po", FOLDER / "cm.mo"
MARKS = {"_": 1, "later": 1, "n_": 2}
Message = str | tuple[str, str]


def said() -> list[Message]:
    """Return every sentence of the program, sorted."""
    found: dict[Message, None] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for message in in_source(path.read_text(encoding="utf-8")):
            found[message] = None
    for message in (*in_help(), *in_regulations(), *in_language()):
        found[message] = None
    plural = {m[0] for m in found if isinstance(m, tuple)}
    return sorted((m for m in found if m not in plural and m), key=str)


def in_source(text: str) -> Iterator[Message]:
    """Yield the sentences marked in a module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            texts = [word for word in words if isinstance(word, str)]
            count = MARKS[node.func.id]
            if len(texts) >= count:
                yield texts[0] if count == 1 else (texts[0], texts[1])


def in_language() -> Iterator[str]:
    """Yield what the models of the language of regulations say of themselves."""
    from cm_cli.usecases.language import sentences

    yield from sentences()


def in_help() -> Iterator[str]:
    """Yield the paragraphs of every command's help."""
    from cm_cli.cli.frame import paragraphs

    for _path, command in commands():
        yield from (text for text in paragraphs(command.help) if text)


def in_regulations() -> Iterator[str]:
    """Yield the reasons and readings of the regulations that come with the program."""
    for path in sorted((PACKAGE / "regulations").glob("*/*.yaml")):
        if not path.name.endswith(".cases.yaml"):
            yield from reasons(yaml.safe_load(path.read_text(encoding="utf-8")))


def reasons(node: object) -> Iterator[str]:
    """Yield every ``chosen:`` and ``why:`` and the ``reads:`` of a regulation."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"chosen", "why"}:
                yield str(value)
            elif key == "reads":
                yield from map(str, value)
            else:
                yield from reasons(value)
    elif isinstance(node, list):
        for each in node:
            yield from reasons(each)


def commands() -> list[tuple[str, object]]:
    """Return every command and group with its path."""
    import typer

    from cm_cli.cli.frame import Group, Root

    root = Root(name="cm")
    context = typer.Context(root, info_name="cm")
    found: list[tuple[str, object]] = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        found.append((name, command))
        if isinstance(command, Group):
            inner = command.list_commands(context)
            found += [(f"{name} {each}", command.get_command(context, each)) for each in inner]
    return found


def stored() -> Catalog:
    """Return the Chinese catalogue as it is kept."""
    if not PO.exists():
        return Catalog(locale="zh_CN", domain="cm")
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN", domain="cm")


def updated(taken: dict[str, str]) -> Catalog:
    """Return the catalogue with exactly the sentences said, and the translations taken in."""
    old = stored()
    new = Catalog(
        locale="zh_CN", domain="cm", project="cm", version="1", fuzzy=False,
        creation_date=None, header_comment="# Chinese sentences of cm.",
    )  # fmt: skip
    for message in said():
        one = message if isinstance(message, str) else message[0]
        known = old.get(one)
        text = taken.get(one) or (known.string if known else "")
        text = text[0] if isinstance(text, tuple | list) else text
        new.add(message, text if isinstance(message, str) else (text,))
    return new


def po_bytes(catalogue: Catalog) -> bytes:
    """Return the catalogue as a PO file without dates, so that it only changes with its words."""
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, omit_header=True, width=0)
    head = (
        'msgid ""\nmsgstr ""\n"Language: zh_CN\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def mo_bytes(po: bytes) -> bytes:
    """Return the binary catalogue of a PO file."""
    out = io.BytesIO()
    write_mo(out, read_po(io.BytesIO(po), locale="zh_CN"))
    return out.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    """Return the sentences without Chinese."""
    found = []
    for message in catalogue:
        one = message.id if isinstance(message.id, str) else message.id[0]
        text = message.string if isinstance(message.string, str) else message.string[0]
        if one and not text:
            found.append(one)
    return found


def placeholders(text: str) -> set[str]:
    """Return the ``{names}`` of a sentence."""
    return set(re.findall(r"\{(\w*)\}", text))


def main() -> None:
    """Bring the catalogue up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--take", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    taken: dict[str, str] = {}
    for file in options.take:
        taken |= json.loads(file.read_text(encoding="utf-8"))
    catalogue = updated(taken)
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_bytes(catalogue))
    MO.write_bytes(mo_bytes(PO.read_bytes()))
    lacking = missing(catalogue)
    if options.missing:
        json.dump(lacking, sys.stdout, ensure_ascii=False, indent=0)
    sys.stderr.write(f"{len(catalogue)} sentences, {len(lacking)} without Chinese\n")


if __name__ == "__main__":
    main()
