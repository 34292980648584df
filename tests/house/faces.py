"""An import contract of our own: a capability is imported by its face, and only the wiring sees its routes and jobs."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FacesContract(Contract):
    """From outside, only a capability's package may be imported; ``wiring`` may also import ``http`` and ``jobs``."""

    type_name = "faces"
    groups = fields.ListField(subfield=fields.StringField())
    wiring = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        faults = [
            (importer, imported)
            for group in self.groups
            for capability in sorted(graph.find_children(group))
            for imported in sorted(graph.find_descendants(capability))
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not importer.startswith(capability + ".") and importer != capability
            if not (self._wires(importer) and imported.rsplit(".", 1)[1] in {"http", "jobs"})
        ]
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["faults"]:
            output.print_error(f"{importer} goes round the face: it imports {imported}")

    def _wires(self, module: str) -> bool:
        return any(module == wiring or module.startswith(wiring + ".") for wiring in self.wiring)
