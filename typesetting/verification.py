"""What every paper that goes through a circuit says at its boxes: how it is verified."""

from __future__ import annotations

from typing import Final

__all__ = ["BESIDE", "BY_CODE", "BY_COMMAND"]

BY_CODE: Final = {
    "fr": "**Vérifier ce document.** Le code mène à {{ paper.verification }}, où il est expliqué comment vérifier le "
    "fichier PDF, même hors ligne. Il ne contient que cette adresse et le début de l'empreinte ci-dessous, aucune "
    "donnée personnelle.",
    "en": "**Verify this document.** The code leads to {{ paper.verification }}, which explains how to verify the PDF "
    "file, even offline. It contains only this address and the beginning of the digest below, no personal data.",
    "es": "**Verificar este documento.** El código lleva a {{ paper.verification }}, donde se explica cómo verificar "
    "el archivo PDF, incluso sin conexión. Solo contiene esta dirección y el principio de la huella indicada abajo, "
    "ningún dato personal.",
    "de": "**Dieses Dokument prüfen.** Der Code führt zu {{ paper.verification }}; dort steht, wie die PDF-Datei "
    "geprüft wird, auch ohne Netz. Er enthält nur diese Adresse und den Anfang der untenstehenden Prüfsumme, keine "
    "personenbezogenen Daten.",
}
"""Beside the code, by language."""
BESIDE: Final = {
    "fr": "Vérifier : {{ paper.verification }}",
    "en": "Verify: {{ paper.verification }}",
    "es": "Verificar: {{ paper.verification }}",
    "de": "Prüfen: {{ paper.verification }}",
}
"""The same where there is little room."""
BY_COMMAND: Final = {
    "fr": "**Vérifier ce document.** Le fichier PDF se vérifie hors ligne, avec les autorités que publie "
    "l'établissement : conventions verify FICHIER.pdf --trust roots.pem",
    "en": "**Verify this document.** The PDF file can be verified offline, with the authorities that the institution "
    "publishes: conventions verify FILE.pdf --trust roots.pem",
    "es": "**Verificar este documento.** El archivo PDF se verifica sin conexión, con las autoridades que publica el "
    "establecimiento: conventions verify ARCHIVO.pdf --trust roots.pem",
    "de": "**Dieses Dokument prüfen.** Die PDF-Datei lässt sich ohne Netz prüfen, mit den Zertifizierungsstellen, die "
    "die Hochschule veröffentlicht: conventions verify DATEI.pdf --trust roots.pem",
}
"""Where there is no code, by language."""
