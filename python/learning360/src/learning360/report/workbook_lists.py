"""The lists of a report, in the order of the sheets."""

from __future__ import annotations

from .marts import Marts
from .scope import Scope
from .workbook_columns import Listing
from .workbook_details import Details
from .workbook_people import People
from .workbook_slots import Slots
from .workbook_yearly import Yearly


def lists(marts: Marts, scope: Scope) -> list[Listing]:
    """The lists of a scope. What concerns all firms, or whole accounting years, is in the whole report only."""
    people, details, slots = People(marts, scope), Details(marts, scope), Slots(marts, scope)
    found = [people.learners(), people.companies(), people.trainings(), details.half_days(), details.modules()]
    found += [slots.slots(is_virtual=False), slots.slots(is_virtual=True)]
    found += [details.certificates(), details.renewals()]
    if scope.firm is None:
        found.append(slots.seats())
    if scope.is_everything:
        yearly = Yearly(marts, scope)
        found += [yearly.bpf_trainees(), yearly.bpf_trainers(), yearly.qualiopi()]
    return found
