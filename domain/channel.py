"""Through which app a report came, and who that app says the caller is."""

from __future__ import annotations

from dataclasses import dataclass

from domain.contact_line import masked


@dataclass(frozen=True, slots=True)
class ReportChannel:
    """An integrator's app by its key (``integrator``, ``name``), what it has verified of the person, and
    what it calls the report itself (``external``). Personal data: whole in the incident alone."""

    integrator: str
    name: str
    person: str = ""
    telephone: str = ""
    external: str = ""

    @property
    def verified(self) -> bool:
        """Whether the app says who the caller is."""
        return bool(self.person or self.telephone)

    def for_log(self) -> dict[str, str]:
        """What the log keeps of it: like any contact masked, and not the app's own number."""
        found = {"name": self.name, "person": self.person, "telephone": self.telephone}
        return {
            key: value if key == "name" else masked(value) for key, value in found.items() if value
        }


def report_key(integrator: str, external: str) -> str:
    """The key of the report with this external id. No client can send it: it begins with NUL."""
    return f"\0{integrator}\0{external}"
