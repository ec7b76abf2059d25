"""HAND on configuration: ``conventions.toml``, read once, unknown keys refused with their line.

Secrets are never in the file: it names where a key lies, the environment holds its pass-phrase.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from conventions import questionnaires, rules
from conventions.errors import SettingsError
from conventions.model.complaints import findings_from
from conventions.model.dossier import LanguageCode
from conventions.model.evaluation import Questionnaires
from conventions.model.finding import Finding, Position, Severity
from conventions.model.grading import GradingSettings
from conventions.model.party import Email, Institution, Official, Programme
from conventions.model.profile import Profile, Reminders
from conventions.model.record import Record, Words, complaint
from conventions.model.roles import CHECK_LABELS, DEFAULT_CIRCUIT, ROLE_LABELS, Circuit, Step
from conventions.text import Text, counted, quoted
from conventions.tomltext import line_finder

__all__ = [
    "FILE_NAME",
    "CircuitSettings",
    "Delivery",
    "Imap",
    "Oidc",
    "Portal",
    "Retention",
    "Settings",
    "Smtp",
    "Workspace",
    "load",
]

FILE_NAME: Final = "conventions.toml"
_Locate = Callable[[str], Position]
_SEVERITIES: Final = frozenset({*Severity, "off"})


class StepSettings(Record):
    """One rank of the circuit."""

    roles: Annotated[tuple[str, ...], Field(min_length=1)]
    days: Annotated[int, Field(ge=0, le=90)] = 3
    needs: Literal["all", "one"] = "all"
    """Must all its roles act, or is one enough?"""
    acts: Literal["sign", "check"] = "sign"
    """``check``: an office looks at the paper and signs nothing."""

    @model_validator(mode="after")
    def _known_roles(self) -> Self:
        known = ROLE_LABELS if self.acts == "sign" else CHECK_LABELS
        if unknown := [role for role in self.roles if role not in known]:
            raise complaint(Text("unknown role {role}; known roles: {known}", role=unknown[0], known=tuple(known)))
        return self


class CircuitSettings(Record):
    """Who signs, in which order."""

    steps: tuple[StepSettings, ...] = tuple(
        StepSettings(roles=step.roles, days=step.days) for step in DEFAULT_CIRCUIT.steps
    )
    certify: bool = True
    """Does the seal certify the paper at issue? Some signing programs refuse certified papers."""
    by_code: bool = True
    """May a person without a certificate sign with a code sent by mail, the seal standing for that person?"""
    on_paper: bool = False
    """May a signature on paper be recorded, with its scan?"""

    @model_validator(mode="after")
    def _roles_once(self) -> Self:
        roles = [role for step in self.steps for role in step.roles]
        if not any(step.acts == "sign" for step in self.steps):
            raise complaint(Text("the circuit has no step"))
        if len(set(roles)) < len(roles):
            raise complaint(Text("a role stands in the circuit twice"))
        return self

    @property
    def circuit(self) -> Circuit:
        """The same as the value that signing, reception and registry ask."""
        return Circuit(tuple(Step(step.roles, step.days, step.needs, step.acts) for step in self.steps))


class Circuits(Record):
    """Circuits of single documents, where they differ from the usual one."""

    amendment: CircuitSettings | None = None
    attestation: CircuitSettings | None = None
    grading_sheet: CircuitSettings | None = None
    own_agreement: CircuitSettings | None = None
    """Of an agreement whose host also wants its own signed."""


class People(Record):
    """Officials who sign or are written to."""

    coordinator: Official
    dean: Official
    president: Official | None = None
    internship_office: Official | None = None
    """Checks papers where a circuit has such a step (BAIP); signs none."""

    @property
    def by_role(self) -> dict[str, Official]:
        """The officials who are named, by the role they sign in."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {role: person for role, person in named.items() if person}


class Smtp(Record):
    """A mail server; the password comes from ``CONVENTIONS_SMTP_PASSWORD``."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""

    def password(self) -> str | None:
        """From the environment, when it is needed; it is never kept."""
        return os.environ.get("CONVENTIONS_SMTP_PASSWORD")


class Imap(Record):
    """A mailbox that returned papers are fetched from; the password comes from ``CONVENTIONS_IMAP_PASSWORD``."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    user: Annotated[str, Field(min_length=1)]
    folder: str = "INBOX"
    done: str = "Done"
    """Where a mail goes whose papers were taken in."""

    def password(self) -> str | None:
        """From the environment, when it is needed; it is never kept."""
        return os.environ.get("CONVENTIONS_IMAP_PASSWORD")


class Delivery(Record):
    """How papers reach people."""

    sender_name: str
    sender: Email
    outbox: str = "outbox"
    inbox: str = "inbox"
    """Folder whose PDFs and mails ``conventions collect`` takes in."""
    smtp: Smtp | None = None
    imap: Imap | None = None


class TrustSettings(Record):
    """Keys, roots and services; paths are relative to the workspace."""

    roots: tuple[str, ...] = ()
    intermediates: tuple[str, ...] = ()
    qualified: tuple[str, ...] = ()
    """Authorities that the trusted lists hold as granted for qualified certificates; only theirs count as qualified."""
    seal: str = ""
    """A .p12 or PEM file, ``pkcs11:…`` for a token, or ``csc:https://…;credential=…`` for a signing service."""
    timestamps: tuple[str, ...] = ()
    """RFC 3161 addresses, tried in turn."""
    revocation_hosts: tuple[str, ...] = ()
    """Hosts from which OCSP answers and CRLs may be fetched; no other is ever contacted."""


class Places(Record):
    """Folders of the workspace, relative to it."""

    dossiers: str = "dossiers"
    templates: str = "templates"
    papers: str = "papers"
    refused: str = "refused"
    archive: str = "archive"


class ArchiveSettings(Record):
    """What is done with archived papers as the years go by."""

    renew_days: Annotated[int, Field(ge=1, le=1826)] = 365
    """How many days before it runs out what proves a paper is renewed."""
    evaluations: bool = True
    """Do the evaluation forms that came back go into an evidence package?"""
    grading_sheet: bool = False
    """And the grading sheet?"""


class Documents(Record):
    """How papers look and which languages they speak."""

    french_text: bool = True
    """Is a paper in another language followed by the French text, both authentic? (Act no. 94-665, s. 5)"""
    logo: str = ""
    """PNG or JPEG of the institution, relative to the workspace; empty: none."""
    questionnaires: str = ""
    """The department's own evaluation questions, a TOML file relative to the workspace; empty: the shipped ones."""


_Years = Annotated[int, Field(ge=0, le=100)]


class Retention(Record):
    """How long what is kept: whole years after the academic year has ended, if nothing else is said.

    No national table is known that fixes these times for internship agreements: the institution does, with its data
    protection officer and its archives (art. 5(1)(e) GDPR; art. R212-13 of the Code du patrimoine).
    """

    agreements_years: _Years = 5
    """Agreements, amendments, attestations, their evidence: claims prescribe in 5 years (art. 2224 Code civil)."""
    evaluations_years: _Years = 5
    grades_years: _Years = 5
    """Grading sheets and what the dossier says of marks; the registrar's own files are kept by the registrar."""
    not_issued_years: _Years = 1
    """Dossiers for which nothing was issued: nothing was agreed."""
    refused_years: _Years = 1
    """Files that came back and did not prove themselves."""
    letters_years: _Years = 1
    """Copies of letters in the outbox."""
    inbox_days: Annotated[int, Field(ge=0, le=3650)] = 30
    """Days after which what was taken in from the inbox goes: the papers themselves are kept elsewhere."""
    health_days: Annotated[int, Field(ge=0, le=3650)] = 0
    """Days after its check for which a health-insurance certificate is kept (art. 5(1)(c) GDPR): it bears the NIR."""
    access_months: Annotated[int, Field(ge=1, le=120)] = 12
    """Months for which it is told who did what with whose data: 6 to 12 (CNIL, deliberation 2021-122)."""
    needs_visa: bool = True
    """Must the archives' visa of a destruction be named? Of public archives none may be destroyed without it (art.
    R212-14 of the Code du patrimoine)."""


class Encryption(Record):
    """Backups, encrypted by age (age-encryption.org)."""

    recipients: tuple[Annotated[str, Field(pattern=r"^age1[02-9ac-hj-np-z]{10,3000}$")], ...] = ()
    """Public keys; whoever has the identity of one of them can read. Without any, nothing is encrypted."""


RegistrarColumn = Literal[
    "number",
    "academic_year",
    "student_number",
    "last_name",
    "first_name",
    "email",
    "host_name",
    "session",
    "professionalism",
    "host",
    "report",
    "defence",
    "penalties",
    "raw",
    "final",
    "code",
]
"""What the registrar can be told of a student."""


def _usual_columns() -> dict[RegistrarColumn, str]:
    return {
        "student_number": "student_number",
        "last_name": "last_name",
        "first_name": "first_name",
        "session": "session",
        "final": "grade",
        "code": "result",
    }


class Registrar(Record):
    """``[registrar]``: which columns the registrar's files have, and what the registrar calls them."""

    columns: Annotated[Mapping[RegistrarColumn, Annotated[Words, Field(max_length=60)]], Field(min_length=1)] = Field(
        default_factory=_usual_columns
    )
    """Heading of each column, in this order."""
    decimal: Literal[".", ","] = "."
    """Sign between a number's whole part and its fraction in CSV."""

    @model_validator(mode="after")
    def _headings_once(self) -> Self:
        headings = [heading.casefold() for heading in self.columns.values()]
        if twice := next((one for rank, one in enumerate(headings) if one in headings[:rank]), None):
            raise complaint(Text("two columns have the heading {heading}", heading=twice))
        return self


class Usual(Record):
    """What the department's agreements say, unless a dossier says otherwise: a pre-agreement asks nobody for it."""

    supervision: Annotated[str, Field(max_length=1000)] = ""
    """How both supervisors follow the intern; empty here and below: in the program's own words."""
    deliverable: Annotated[str, Field(max_length=1000)] = ""
    validation: Annotated[str, Field(max_length=1000)] = ""
    if_interrupted: Annotated[str, Field(max_length=1000)] = ""


class Converter(Record):
    """LibreOffice."""

    soffice: str = ""
    """Path of the program; empty: found by itself."""
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    """Processes side by side; 0: one per processor."""


class Oidc(Record):
    """An identity provider for the board; the client's secret comes from ``CONVENTIONS_OIDC_SECRET``."""

    issuer: Annotated[str, Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])\S+$")]
    """As the provider itself writes it."""
    client_id: Annotated[str, Field(min_length=1)]
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    groups_claim: str = "groups"
    """Where the provider says to which groups a person belongs."""
    secretariat: tuple[str, ...] = ()
    """Groups and verified addresses that may do everything."""
    readers: tuple[str, ...] = ()
    """Groups and verified addresses that may look."""

    @property
    def allowed(self) -> Mapping[str, frozenset[str]]:
        """Which groups and addresses open the board, by the role that they give, the stronger first."""
        named = {"secretariat": self.secretariat, "reader": self.readers}
        return {
            role: frozenset(one.casefold() if "@" in one else one for one in names) for role, names in named.items()
        }


class Portal(Record):
    """The door on the web: ``conventions serve``."""

    address: Annotated[str, Field(pattern=r"^(https?://[^/\s?#@]+)?$")] = ""
    """Where people find it, such as ``https://stages.univ-exemple.test``; empty: letters hold no link."""
    verification: Annotated[str, Field(pattern=r"^(https://[!\"$-~]{1,100})?$")] = ""
    """Where it is said how a paper is verified, such as ``https://stages.univ-exemple.test/verify``: each paper bears a
    code that leads there; empty: none."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of the proxies whose word on the client's address is believed."""
    link_days: Annotated[int, Field(ge=1, le=365)] = 60
    """How long a link lives, unless it ends before by itself."""
    requests_per_minute: Annotated[int, Field(ge=0)] = 600
    """From one address; 0: as many as it likes. A university's people may all come from one."""
    codes_per_hour: Annotated[int, Field(ge=1)] = 6
    """Letters with a code that one link may ask for."""
    tries_per_hour: Annotated[int, Field(ge=1)] = 15
    """Codes that may be tried with one link; each code itself dies after five wrong tries."""
    oidc: Oidc | None = None
    """Who answers for people of the house; None: they have accounts here."""

    @property
    def is_secure(self) -> bool:
        """Is it reached by TLS? Then cookies never travel without."""
        return self.address.startswith("https:")


class Settings(Record):
    """Everything a department decides, in one file."""

    language: LanguageCode = "fr"
    """Language of the house: what its own people are written to in."""
    institution: Institution
    programme: Programme
    people: People
    circuit: CircuitSettings = CircuitSettings()
    """Of every paper that has none of its own in ``circuits``."""
    circuits: Circuits = Circuits()
    reminders: Reminders = Reminders()
    rules: Profile = Profile()
    delivery: Delivery
    trust: TrustSettings = TrustSettings()
    registry: str = "sqlite:///registry.sqlite3"
    places: Places = Places()
    archive: ArchiveSettings = ArchiveSettings()
    documents: Documents = Documents()
    usual: Usual = Usual()
    grading: GradingSettings = GradingSettings()
    retention: Retention = Retention()
    encryption: Encryption = Encryption()
    registrar: Registrar = Registrar()
    converter: Converter = Converter()
    portal: Portal = Portal()
    _questions: Questionnaires | None = PrivateAttr(default=None)

    @property
    def questions(self) -> Questionnaires:
        """Of the evaluation forms: the department's own, else the shipped ones."""
        return self._questions or questionnaires.shipped()

    def asking(self, questions: Questionnaires) -> Self:
        """The same settings with other questions."""
        changed = self.model_copy()
        changed._questions = questions  # noqa: SLF001  # its own
        return changed


@dataclass(frozen=True)
class Workspace:
    """A folder with its settings."""

    root: Path
    settings: Settings

    def path(self, name: str) -> Path:
        """A path of the settings, made absolute."""
        return self.root / name

    @property
    def registry_url(self) -> str:
        """Database address, a relative SQLite file being taken inside the workspace."""
        prefix = "sqlite:///"
        url = self.settings.registry
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return f"{prefix}{self.root.resolve() / url.removeprefix(prefix)}"
        return url


def load(root: Path) -> Workspace:
    """Read ``conventions.toml`` of a workspace.

    Raises:
        SettingsError: no such file, not TOML, or keys that are unknown or wrong: all of them, each with its line.
    """
    path = root / FILE_NAME
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            "SETTINGS-02",
            Text("the file is not TOML: {problem}", problem=quoted(error)),
            Text("correct the line that is named"),
            place=str(path),
        ) from None
    line_of = line_finder(text)

    def locate(field: str) -> Position:
        return Position(str(path), line_of(field))

    settings, findings = _validated(data, locate)
    findings += tuple(_severity_findings(data, locate))
    if settings is None or findings:
        raise SettingsError(
            "SETTINGS-03",
            counted("one setting is unknown or wrong", "{n} settings are unknown or wrong", n=len(findings)),
            Text("correct them; every setting is explained in the file that `conventions init` writes"),
            place=str(path),
            findings=findings,
        )
    return Workspace(root, _with_own_questions(settings, root))


def _with_own_questions(settings: Settings, root: Path) -> Settings:
    name = settings.documents.questionnaires
    if not name:
        return settings
    if not (root / name).is_file():
        raise SettingsError(
            "SETTINGS-06",
            Text("the evaluation questions {name} are not there", name=name),
            Text("correct documents.questionnaires in conventions.toml, or leave it empty for the shipped questions"),
            place=str(root / FILE_NAME),
        )
    return settings.asking(questionnaires.read(_text(root / name), str(root / name)))


def _validated(data: Mapping[str, Any], locate: _Locate) -> tuple[Settings | None, tuple[Finding, ...]]:
    try:
        return Settings.model_validate(data), ()
    except ValidationError as error:
        return None, findings_from(error, locate)


def _severity_findings(data: Mapping[str, Any], locate: _Locate) -> Iterator[Finding]:
    """What is wrong with the severities chosen for rules: codes that do not exist, law that would be loosened."""
    group = data.get("rules")
    chosen = group.get("severities") if isinstance(group, dict) else None
    for code, severity in (chosen if isinstance(chosen, dict) else {}).items():
        field = f"rules.severities.{code}"
        rule = rules.find(code)
        if rule is None:
            yield _finding("SETTINGS-04", *_unknown_rule(code), field, locate)
        elif severity in _SEVERITIES and not rule.may_weigh(severity):
            yield _finding("SETTINGS-05", *_loosened(rule, severity), field, locate)


def _finding(code: str, message: Text, fix: Text, field: str, locate: _Locate) -> Finding:
    return Finding(code, Severity.ERROR, message, fix, field=field, position=locate(field))


def _unknown_rule(code: str) -> tuple[Text, Text]:
    nearest = rules.nearest(code)
    return (
        Text("there is no rule “{code}”", code=code),
        Text("write one of {nearest}; `conventions explain` lists every code", nearest=nearest)
        if nearest
        else Text("take the line out; `conventions explain` lists every code"),
    )


def _loosened(rule: rules.Rule, severity: str) -> tuple[Text, Text]:
    chosen = "off" if severity == "off" else Severity(severity)
    return (
        Text(
            "{code} cannot be loosened from “{shipped}” to “{chosen}”: {source}",
            code=rule.code,
            shipped=rule.severity.value,
            chosen=str(chosen),
            source=rule.source if rule.code.startswith("LAW-") else Text("the program rests on it"),
        ),
        Text("take the line out, or make the rule stricter"),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            "SETTINGS-01",
            Text("there is no {name} in {folder}", name=FILE_NAME, folder=str(path.parent.resolve())),
            Text("go into a workspace, name one with --workspace, or make one with `conventions init DIR`"),
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "SETTINGS-02",
            Text("the file cannot be read: {problem}", problem=quoted(error)),
            Text("check its permissions and that it is UTF-8 text"),
            place=str(path),
        ) from None
