"""Managers limited by a number of clients beside managers limited by a total of money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from assignment_example import DAY, REGION, TREES, applied, brief, planned
from hypothesis import given, settings
from hypothesis import strategies as st

from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules, RuleSpec
from cm_cli.domain.assignment.plan import plan
from cm_cli.domain.assignment.reasons import sentence
from cm_cli.domain.assignment.sheets import plan_sheets
from cm_cli.domain.assignment.state import from_json, to_json
from cm_cli.domain.sheet import texts

SERVICE = RuleSpec("service", ("service",))

SHARES = """
M1 region=粤 capacity=2
M2 region=粤 capacity=1000000 measure=assets
C1 region=粤 assets=900000
C2 region=粤 assets=400000
C3 region=粤 assets=100000
C4 region=粤 assets=200000
"""


def holders(made):
    return {each.client: each.manager for each in made.decisions}


def test_loads_are_compared_as_shares_of_each_managers_own_capacity():
    """The heaviest chooses first.

    ======  ====  ==========  ==========  =======
    client  万元  M1 (of 2)   M2 (of 100)  chooses
    ======  ====  ==========  ==========  =======
    C1      90    0           0           M1, by code
    C2      40    1/2         0           M2
    C4      20    1/2         0.4         M2
    C3      10    1/2         0.6         M1
    ======  ====  ==========  ==========  =======
    """
    made = planned(SHARES)
    assert holders(made) == {"C1": "M1", "C2": "M2", "C3": "M1", "C4": "M2"}
    assert [each[:5] for each in made.loads] == [
        ("M1", "clients", 2, 0, 2),
        ("M2", "assets", 1_000_000, 0, 600_000),
    ]


def test_without_a_capacity_for_all_numbers_of_clients_are_compared():
    """M1 has no capacity; by yuan M2 would be the more loaded from his first client on."""
    text = "M1 region=粤\nM2 region=粤 capacity=1000 measure=assets\n"
    made = planned(text + "\n".join(f"C{n} region=粤 assets=90" for n in "1234"))
    assert [each.clients_after for each in made.loads] == [2, 2]


def test_a_departed_manager_without_capacity_does_not_hinder_shares():
    made = planned(SHARES + "M9 region=粤 status=departed")
    assert holders(made) == holders(planned(SHARES))


def test_room_is_in_the_managers_own_measure():
    """Of two measures by money a client is as heavy as his shares of both totals.

    ======  ======  =====  ================
    client  assets  sales  room, heavy first
    ======  ======  =====  ================
    C4      70      40     M3 (one client)
    C3      60      30     nobody
    C1      90      10     M1 (sales 20)
    C2      40      30     M2 (assets 50)
    ======  ======  =====  ================
    """
    text = """
    M1 region=粤 capacity=20 measure=sales
    M2 region=粤 capacity=50 measure=assets
    M3 region=粤 capacity=1 measure=clients
    C1 region=粤 assets=90 sales=10
    C2 region=粤 assets=40 sales=30
    C3 region=粤 assets=60 sales=30
    C4 region=粤 assets=70 sales=40
    """
    assert holders(planned(text)) == {"C1": "M1", "C2": "M2", "C3": "", "C4": "M3"}


def test_an_exchange_moves_a_client_from_money_to_a_number():
    """C1 takes M1 by code; C2 has room nowhere until C1 goes to M2, who counts clients."""
    text = """
    M1 region=粤 capacity=10 measure=assets
    M2 region=深圳 capacity=1
    M3 region=广州 capacity=1 measure=assets
    C1 region=南山 assets=6
    C2 region=天河 assets=10
    """
    made = planned(text, prefer=("lowest_grade",))
    assert brief(made) == ["C1 new M2 (region)", "C2 new M1 (region)"]


def test_an_exchange_moves_a_client_from_a_number_to_money():
    """C1, C3 and C4 could go elsewhere than M1; only C3 is light enough for M2."""
    text = """
    M1 region=粤 capacity=3
    M2 region=深圳 capacity=5 measure=assets
    M3 region=广州 capacity=0
    C1 region=南山 assets=9
    C2 region=天河 assets=9
    C3 region=南山 assets=5
    C4 region=南山 assets=8
    """
    made = planned(text, prefer=("lowest_grade",))
    assert holders(made) == {"C1": "M1", "C2": "M1", "C3": "M2", "C4": "M1"}


def test_chains_among_managers_by_clients_are_found_beside_money():
    """C1 and C2 both move on for C3.

    =======  ========  ==================
    manager  services  holds first, last
    =======  ========  ==================
    M1       a, c      C1, C3
    M2       a, b      C2, C1
    M3       b         nobody, C2
    M4       c         full, by assets
    =======  ========  ==================
    """
    text = """
    M1 service=a,c capacity=1
    M2 service=a,b capacity=1
    M3 service=b,d capacity=1
    M4 service=c,d capacity=0 measure=assets
    C1 service=a assets=1
    C2 service=b assets=1
    C3 service=c assets=1
    """
    made = planned(text, order=(SERVICE,), prefer=())
    assert holders(made) == {"C1": "M2", "C2": "M3", "C3": "M1"}


@pytest.mark.parametrize(("assets", "said"), [(50, "C3 none tie"), (51, "C3 new M1 (region)")])
def test_a_tie_is_one_only_between_managers_with_room(assets, said):
    """M1 (1 of 2 clients) and M2 (50 of 100) are equally loaded; 51 more has no room at M2."""
    text = f"""
    M1 region=粤 capacity=2
    M2 region=粤 capacity=100 measure=assets
    C1 region=粤 manager=M1
    C2 region=粤 manager=M2 assets=50
    C3 region=粤 assets={assets}
    """
    assert brief(planned(text, ties="leave")) == [said]


def test_the_measure_of_the_rules_is_for_managers_without_their_own():
    text = "M1 region=粤 capacity=2 measure=clients\nM2 region=粤 capacity=2\n"
    made = planned(text + "C1 region=粤 sales=5\nC2 region=粤 sales=5", capacity_measure="sales")
    assert [each[:2] for each in made.loads] == [("M1", "clients"), ("M2", "sales")]
    assert holders(made) == {"C1": "M1", "C2": "M1"}


def test_only_who_counts_as_nothing_is_noted():
    """C1 and C3 have no figure and are with M1, by assets; C2 has none either, M2 does not ask."""
    text = """
    M1 region=粤 capacity=10 measure=assets
    M2 region=京 capacity=10
    C1 region=粤 manager=M1
    C2 region=京
    C3 region=粤
    C4 region=粤 assets=10
    """
    made = planned(text)
    assert [sentence(note) for note in made.notes] == [
        "counted as 0 for want of a figure of assets: 2 (C1, C3)"
    ]
    assert made.loads[0][2:] == (10, 0, 10, 1, 3)


def test_who_is_over_capacity_is_told_in_the_unit():
    text = "M1 region=粤 capacity=10000 measure=sales\nM2 region=粤 capacity=1\n"
    text += "C1 region=粤 manager=M1 sales=15000\nC2 region=粤 manager=M2\nC3 region=粤 manager=M2"
    assert [sentence(note) for note in planned(text).notes] == [
        "M1 keeps 1.5 万元, over the capacity of 1 万元",
        "M2 keeps 2, over the capacity of 1",
    ]


def test_the_loads_sheet_is_readable_with_mixed_units():
    loads = plan_sheets(planned(SHARES))[-1]
    assert list(texts(loads)) == [
        ["M1", "clients", "2", "0", "2", "100%", "0", "2", "2"],
        ["M2", "assets (万元)", "100", "0", "60", "60%", "0", "2", "2"],
    ]


def test_names_stand_beside_codes():
    """M1 is also the code of a client, whose name must not be shown for the manager's."""
    text = "M1 region=粤\nC1 region=粤\nC2 region=深圳 manager=M7 locked=yes"
    made = planned(text)
    changes, kept, loads = plan_sheets(made, {"C1": "Alpha", "M1": "Beta"}, {"M1": "Wang"})
    assert [each.name for each in changes.columns][:2] == ["client", "name"]
    assert changes.rows == [("C1", "Alpha", "new", "", "M1", "Wang", "region", "")]
    assert kept.rows[0][:4] == ("C2", "", "M7", "")
    assert loads.rows[0][:3] == ("M1", "Wang", "clients")
    assert plan_sheets(made, {"C1": "Alpha", "M1": "Beta"})[0].rows[0][5] == "Beta"


def test_a_mixed_plan_is_written_and_read_back():
    made = planned(SHARES)
    assert '["M2","assets","1000000","0","600000",0,2]' in to_json(made).splitlines()
    assert from_json(to_json(made), "plan.json") == made


@st.composite
def mixtures(draw):
    """Draw managers of all measures; with figures of 0 to 9 and small capacities it is narrow."""
    measures = st.sampled_from(["clients", "assets", "sales"])
    regions = st.sampled_from(["粤", "深圳", "广州"])
    managers = [
        ManagerFacts(
            f"M{n}",
            coverage={"region": (draw(regions),)},
            capacity=draw(st.sampled_from([0, 1, 2, 9, 15, None])),
            measure=draw(measures),
        )
        for n in range(draw(st.integers(1, 5)))
    ]
    figures = st.one_of(st.none(), st.integers(0, 9).map(Decimal))
    clients = [
        ClientFacts(
            f"C{n}",
            region=draw(regions),
            manager=draw(st.sampled_from(["", "", "", "M0"])),
            assets=draw(figures),
            sales=draw(figures),
        )
        for n in range(draw(st.integers(1, 9)))
    ]
    return clients, managers


def weight(client, measure):
    return 1 if measure == "clients" else getattr(client, measure) or 0


def full_for(made):
    reasons = [(each.client, each.reasons[0]) for each in made.decisions if each.reasons]
    return [(code, reason) for code, reason in reasons if reason.slug == "all-full"]


@settings(max_examples=300, deadline=None)
@given(
    mixtures(),
    st.sampled_from(["code", "leave"]),
    st.sampled_from([("least_loaded",), ("random",), ("nearest_region", "fewest_clients")]),
)
def test_a_mixed_plan_counts_right_wastes_no_room_and_has_nothing_to_do_twice(
    mixture, ties, prefer
):
    clients, managers = mixture
    rules = Rules(order=(REGION,), prefer=prefer, ties=ties, seed="5")
    made = plan(clients, managers, rules, TREES, DAY)
    then = applied(clients, made)
    gained = {each.manager for each in made.changes()}
    for each in made.loads:
        held = [client for client in then if client.manager == each.manager]
        assert each.after == sum(weight(client, each.measure) for client in held)
        assert each.clients_after == len(held)
        assert each.capacity is None or each.after <= each.capacity or each.manager not in gained
    for code, reason in full_for(made):
        for load in (each for each in made.loads if each.manager in reason.managers):
            client = next(each for each in clients if each.code == code)
            assert load.after + weight(client, load.measure) > load.capacity
    assert not plan(then, managers, rules, TREES, DAY).changes()
    assert plan(clients[::-1], managers[::-1], rules, TREES, DAY) == made


@pytest.mark.parametrize("measure", ["assets", "sales"])
def test_one_measure_for_all_is_the_same_said_by_the_rules_or_by_the_managers(measure):
    text = "M1 region=粤 capacity=9\nM2 region=深圳 capacity=5\n"
    text += "\n".join(f"C{n} region=南山 {measure}={n}" for n in range(1, 7))
    own = text.replace("capacity", f"measure={measure} capacity")
    assert planned(own).decisions == planned(text, capacity_measure=measure).decisions
    assert planned(own).loads == planned(text, capacity_measure=measure).loads
