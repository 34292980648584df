"""Adapters of the witness port (``seal.witness``): a second folder, another host, a time stamp authority."""

from datetime import timedelta

from liuke.guard.audit.seal.witness import Witness
from liuke.guard.audit.witness.folder import FolderWitness
from liuke.guard.audit.witness.remote import RemoteWitness
from liuke.kernel.settings import Settings

__all__ = ["FolderWitness", "RemoteWitness", "configured"]


def configured(settings: Settings) -> tuple[Witness, ...]:
    """The witnesses the operator has set up."""
    found: list[Witness] = []
    if settings.audit_witness:
        found.append(FolderWitness(settings.audit_witness))
    if settings.audit_witness_url:
        found.append(RemoteWitness(settings.audit_witness_url, settings.audit_witness_token.get_secret_value()))
    if settings.audit_tsa_url and settings.audit_tsa_roots:
        from liuke.guard.audit.witness.stamp import StampWitness

        folder = settings.audit_tsa_folder or settings.home / "audit-stamps"
        every = timedelta(minutes=settings.audit_tsa_minutes)
        found.append(StampWitness(settings.audit_tsa_url, folder, roots=settings.audit_tsa_roots, every=every))
    return tuple(found)
