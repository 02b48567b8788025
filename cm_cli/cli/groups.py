"""The table of commands: name, where it lives, one line about it. Nothing is imported to list them."""

from __future__ import annotations

from cm_cli.language import later

# name: (module:attribute, summary)
GROUPS: dict[str, tuple[str, str]] = {
    "init": ("cm_cli.cli.init:app", later("Make a store that works by a regulation.")),
    "demo": ("cm_cli.cli.demo:app", later("Run the whole main job on real data in a scratch folder.")),
    "manager": ("cm_cli.cli.manager:app", later("Client managers: register, change, coverage, leave.")),
    "client": ("cm_cli.cli.client:app", later("Clients: register, change, list, find.")),
    "unit": ("cm_cli.cli.unit:app", later("Units: branches, departments, outlets and their kind.")),
    "import": ("cm_cli.cli.intake:app", later("Read records from a csv, xlsx, json or yaml file.")),
    "export": ("cm_cli.cli.export:app", later("Write records to files that an import takes back.")),
    "assign": ("cm_cli.cli.assign:app", later("Assign clients to managers: plan, look, apply.")),
    "visit": ("cm_cli.cli.visit:app", later("Visit reports: log, list, show.")),
    "diary": ("cm_cli.cli.diary:app", later("Diaries: write, list, show, missing days.")),
    "result": ("cm_cli.cli.result:app", later("Results: targets and actual values of indicators.")),
    "appraise": ("cm_cli.cli.appraise:app", later("Appraisal: score, run, decide, explain.")),
    "due": ("cm_cli.cli.due:app", later("What is due and overdue by the regulation.")),
    "report": ("cm_cli.cli.report:app", later("Reports of a month, a quarter or a year.")),
    "regulation": ("cm_cli.cli.regulation:app", later("Regulations: list, show, check, test, compare, add, use.")),
    "calendar": ("cm_cli.cli.calendar:app", later("Working days and the institution's own days.")),
    "journal": ("cm_cli.cli.journal:app", later("Who wrote what, when and why.")),
    "run": ("cm_cli.cli.run:app", later("Run many commands from a file in one go.")),
    "store": ("cm_cli.cli.store:app", later("The store: what is in it, check, backup, restore.")),
    "undo": ("cm_cli.cli.undo:app", later("Take an entry of the journal back.")),
    "help": ("cm_cli.cli.topics:app", later("Help on a topic, as exit-codes.")),
    "version": ("cm_cli.cli.version:app", later("Versions of the program and its engine.")),
}
