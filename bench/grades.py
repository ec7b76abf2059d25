"""What a campaign costs from filled forms to the registrar: python -m bench.grades [dossiers].

The dossiers are the first example again and again; the host's and the academic supervisor's forms of each are made in
one batch, filled in and put into a folder. Then `conventions grade` runs twice; the second time nothing is left to do.
The preparation is told apart and is no part of the measure.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from conventions import intake
from conventions.model.grading import Component
from conventions.settings import load
from tests.evaluations import filled_form
from tests.workspaces import Bureau, a_bureau

FORMS: Final = ("evaluation_host", "evaluation_referent")


def main(count: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder, a_bureau(Path(folder), "0001") as bureau:
        started = perf_counter()
        a_year(bureau, count)
        returned = Path(folder) / "returned"
        forms = send_back(bureau, returned)
        tell("preparing the forms", perf_counter() - started, forms)
        for what in ("conventions grade", "the same once more"):
            started = perf_counter()
            bureau.process("grade", str(returned))
            tell(what, perf_counter() - started, forms)
        sheets = len(list((bureau.root / "papers").glob("*/grading_sheet-*.pdf")))
        print(f"{sheets} grading sheets; {sorted(path.name for path in (bureau.root / 'papers').glob('*-*/g*.csv'))}")


def tell(what: str, seconds: float, forms: int) -> None:
    """One line."""
    print(f"{what:24}{seconds:9.1f} s{forms / seconds:9.1f} forms per second", flush=True)


def a_year(bureau: Bureau, count: int) -> None:
    """So many dossiers, each of a student of its own."""
    (first,) = (bureau.root / "dossiers").iterdir()
    dossier = intake.read(first).dossier
    for rank in range(1, count + 1):
        student = dossier.student.model_copy(
            update={"last_name": f"Exemple-{rank:03}", "student_number": f"{43_000_000 + rank}"}
        )
        host = dossier.host.model_copy(update={"name": f"Atelier {rank % 97:02}", "siret": ""})
        one = dossier.model_copy(update={"number": f"2028-{rank:04}", "student": student, "host": host})
        path = bureau.root / "dossiers" / f"{one.number}.yaml"
        path.write_bytes(intake.written([one], path.name).data)
    first.unlink()


def send_back(bureau: Bureau, folder: Path) -> int:
    """Issue every form, fill it in, save it elsewhere; how many there are."""
    for document in FORMS:
        bureau.process("issue", "--document", document, "--all")
    workspace = load(bureau.root)
    folder.mkdir()
    for rank, path in enumerate(sorted((bureau.root / "dossiers").iterdir())):
        marks = {component: f"{8 + (rank * 7 + at * 3) % 12}" for at, component in enumerate(Component)}
        for document in FORMS:
            data = filled_form(workspace, path, document, marks)
            (folder / f"{path.stem}-{document}.pdf").write_bytes(data)
    return len(list(folder.iterdir()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
