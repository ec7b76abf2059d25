"""What an invented host and an invented student write into a pre-agreement."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from conventions.office.proposing import Proposal

__all__ = ["NUMBER", "WANTED", "the_hosts_words", "the_students_words"]

NUMBER: Final = "2027-0900"
WANTED: Final = Proposal(
    number=NUMBER,
    first_name="Nour",
    last_name="Haddad-Lindqvist",
    student_email="nour.haddad@etu.univ-exemple.test",
    contact="Greta Olsson",
    contact_email="greta.olsson@ateliers-port.test",
)


def the_hosts_words(on: date, **own: str) -> dict[str, str]:
    """A sound proposal in the academic year of ``on``: fourteen weeks from April, paid above the floor."""
    year = on.year + (on.month >= 9)
    start = date(year, 4, 5)
    start += timedelta(days=(7 - start.weekday()) % 7)
    words = {
        "host.name": "Ateliers du Port",
        "host.sector": "private",
        "host.legal_form": "SAS",
        "host.siret": "732 829 320 00074",
        "host.activity_code": "62.01Z",
        "host.address.street": "8 quai des Douanes",
        "host.address.postal_code": "59140",
        "host.address.city": "Dunkerque",
        "host.phone": "+33 3 53 01 09 10",
        "host.headcount": "40",
        "host.it_professionals": "12",
        "host.own_agreement": "no",
        "host.founded_by_student": "no",
        **_person("host.representative", "Greta", "Olsson", "Directrice"),
        **_person("tutor", "Malik", "Besson", "Responsable du développement"),
        "student.first_name": "Nour",
        "student.last_name": "Haddad-Lindqvist",
        "student.student_number": "42100900",
        "student.email": "nour.haddad@etu.univ-exemple.test",
        "placement.subject": "Suivre les conteneurs du port",
        "placement.activities": "concevoir le modèle de données des mouvements\n"
        "développer l’interface de programmation, ses tests et sa documentation technique",
        "placement.skills": "concevoir une application web en couches avec une base de données\n"
        "écrire et maintenir des tests automatiques",
        "schedule.start": f"{start:%d/%m/%Y}",
        "schedule.end": f"{start + timedelta(days=102):%d/%m/%Y}",
        "schedule.weekly_hours": "35",
        **{f"schedule.weekdays.{rank}": "yes" for rank in range(1, 6)},
        "schedule.leave_terms": "Deux jours ouvrés par mois, à convenir",
        "allowance.amount": "5,20",
        "allowance.currency": "EUR",
        "allowance.basis": "hour",
        "allowance.payment": "smoothed",
        "allowance.method": "virement bancaire",
        "allowance.due_day": "le dernier jour ouvré du mois",
        "benefits.meals": "titres-restaurant aux conditions des salariés",
        "form.conditions_read": "yes",
        "form.completed_by": "Greta Olsson",
        "form.completed_on": f"{on:%d/%m/%Y}",
    }
    return words | own


def the_students_words() -> dict[str, str]:
    """What the student adds."""
    return {
        "student.first_name": "Nour",
        "student.last_name": "Haddad-Lindqvist",
        "student.student_number": "42100900",
        "student.email": "nour.haddad@etu.univ-exemple.test",
        "student.phone": "+33 6 39 98 09 00",
        "student.birth_date": "2004-03-09",
        "student.address.street": "3 rue des Lilas",
        "student.address.postal_code": "59000",
        "student.address.city": "Lille",
        "protection.health_fund.name": "CPAM de Lille-Douai",
        "protection.health_fund.address.street": "2 rue d’Iéna",
        "protection.health_fund.address.postal_code": "59000",
        "protection.health_fund.address.city": "Lille",
        "protection.liability.insurer": "Mutuelle Exemple",
        "protection.liability.policy": "RC-900",
        "protection.liability.valid_until": "2028-09-30",
        "form.confirmed": "yes",
    }


def _person(path: str, first: str, last: str, function: str) -> dict[str, str]:
    mail = f"{first}.{last}@ateliers-port.test".lower()
    return {
        f"{path}.first_name": first,
        f"{path}.last_name": last,
        f"{path}.function": function,
        f"{path}.email": mail,
        f"{path}.phone": "+33 3 53 01 09 00",
    }
