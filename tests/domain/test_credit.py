"""Reply credits: never more than the platform gives, and nothing lost that was not used."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.resident import CREDIT, Credit, Trigger, earn, refund, spend

NOW = 1_790_000_000_000
ACTS = st.lists(st.sampled_from(["earn", "spend", "refund"]), max_size=60)


@given(ACTS)
def test_no_more_is_sent_since_the_last_contact_than_a_contact_allows(acts: list[str]) -> None:
    credit, now, sent, taken = Credit("r"), NOW, 0, 0
    most = CREDIT[Trigger.MESSAGE][0]
    for act in acts:
        now += 1
        if act == "earn":
            earn(credit, Trigger.MESSAGE, now, now, str(now))
            sent = 0
            taken = 0
        elif act == "spend" and spend(credit, now):
            sent += 1
            taken = now
        elif act == "refund" and taken and refund(credit, taken):
            sent -= 1
            taken = 0
        assert 0 <= sent <= most
        assert sum(one.left for one in credit.windows) + sent <= most


def test_what_did_not_leave_can_be_used_again_once() -> None:
    credit = Credit("r")
    earn(credit, Trigger.MESSAGE, NOW, NOW, "m")
    for number in range(5):
        assert spend(credit, NOW + number)
    assert not spend(credit, NOW + 9)
    assert refund(credit, NOW + 4)
    assert not refund(credit, NOW + 4)
    assert spend(credit, NOW + 10)
    assert not spend(credit, NOW + 11)
