# SPDX-License-Identifier: Apache-2.0
"""The budgets, in one table, and the verdicts on a run's figures.

Net cycles are those of the switch less those of testpmd io on the same files; where the budget
is a "+", also less the net cycles of the baseline case, for each copy. The throughput ratio is
against the faster of the peer's configurations. A miss within the spread of io is a tie.
"""
from dataclasses import dataclass

ONE_PAIR = 'L2 learn and forward, 1 MAC pair, any number of flows'
VLAN = 'VLAN tag pushed, popped or rewritten'
FLOOD = 'unknown or broadcast, flooded to 8 ports, each copy'
LEARN = 'learning new MACs'


@dataclass(frozen=True)
class Budget:
	row: str                             # as PERFORMANCE.md names it
	net: float | None = None             # cycles a packet at most, over io
	plus: float | None = None            # the same, on top of the baseline case
	ratio: float | None = None           # throughput over the peer's at least
	learned: float | None = None         # MACs a second at least
	gross: float | None = None           # cycles a packet over io's at most


BUDGETS = {
	'flows-1': Budget(ONE_PAIR, net=20, ratio=1.9),
	'flows-1000': Budget(ONE_PAIR, net=20, ratio=1.9),
	'flows-10000': Budget(ONE_PAIR, net=20, ratio=1.9),
	'flows-100000': Budget(ONE_PAIR, net=20, ratio=4),
	'macs-10000': Budget('10,000 MAC pairs', net=25, ratio=5),
	'macs-100000': Budget('100,000 MAC pairs', net=40, ratio=60),
	'vlan-push': Budget(VLAN, plus=6, ratio=2),
	'vlan-pop': Budget(VLAN, plus=6, ratio=2),
	'vlan-rewrite': Budget(VLAN, plus=6, ratio=2),
	'flood-unknown': Budget(FLOOD, plus=15, ratio=2),
	'flood-broadcast': Budget(FLOOD, plus=15, ratio=2),
	'learn': Budget(LEARN, learned=8e6, ratio=100),
	'vhost': Budget('vhost-user to vhost-user, 64 B', gross=1.15, ratio=1.3),
}


@dataclass(frozen=True)
class Verdict:
	case: str
	row: str
	what: str        # net, plus, gross, ratio or learned
	value: float
	limit: float
	word: str        # pass, tie or FAIL


def net(result):
	"""Median cycles over the floor, or None where one of the two was not run."""
	switch, floor = result.summary('vswitch'), result.summary('io')
	return switch.median - floor.median if switch and floor else None


def judge(case, results):
	"""The verdicts on one case; `results` maps case keys to results."""
	budget, result = BUDGETS.get(case.key), results[case.key]
	own = net(result)
	if budget is None or result.summary('vswitch') is None:
		return []
	verdicts = []

	def add(what, value, limit, passed, tie=False):
		word = 'pass' if passed else 'tie' if tie else 'FAIL'
		verdicts.append(Verdict(case.key, budget.row, what, value, limit, word))

	if own is not None:
		floor = result.summary('io')
		spread = floor.maximum - floor.minimum
		if budget.net is not None:
			add('net', own, budget.net, own <= budget.net, own <= budget.net + spread)
		if budget.gross is not None:
			gross = (floor.median + own) / floor.median
			add('gross', gross, budget.gross, gross <= budget.gross,
				gross <= budget.gross + spread / floor.median)
		base = results.get(case.baseline) and net(results[case.baseline])
		if budget.plus is not None and base is not None:
			plus = (own - base) / case.copies
			add('plus', plus, budget.plus, plus <= budget.plus,
				plus <= budget.plus + spread / case.copies)
	ratio = ratio_to_peer(case, results)
	if budget.ratio is not None and ratio is not None:
		add('ratio', ratio, budget.ratio, ratio >= budget.ratio)
	if budget.learned is not None:
		rate = learned_rate(case, results)
		if rate is not None:
			add('learned', rate, budget.learned, rate >= budget.learned)
	return verdicts


def memory_shift(case, results):
	"""Cycles to add to a figure of a finite case to have it with packets from memory.

	New sources can only be played from a file, which costs several times what replay from
	memory does; that difference is the source's, so io's cost of the baseline stands for it.
	"""
	if not case.finite:
		return 0
	floors = [results[key].summary('io') for key in (case.baseline, case.key)
		if key in results]
	return floors[0].median - floors[1].median if len(floors) == 2 and all(floors) else None


def ratio_to_peer(case, results):
	result, shift = results[case.key], memory_shift(case, results)
	peers = [summary.median for key in ('ovs', 'ovs-tuned') if (summary := result.summary(key))]
	switch = result.summary('vswitch')
	if not peers or not switch or shift is None:
		return None
	return (min(peers) + shift) / (switch.median + shift)


def learned_rate(case, results):
	"""MACs a second."""
	result, shift = results[case.key], memory_shift(case, results)
	samples = result.samples.get('vswitch')
	if not samples or shift is None:
		return None
	return samples[0].tsc_hz / (result.summary('vswitch').median + shift)
