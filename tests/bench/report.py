# SPDX-License-Identifier: Apache-2.0
"""A run's figures as text, as JSON and as a plot."""
import json
from dataclasses import asdict

import budgets

DISTURBED = 0.02   # the share itself is taken off, but not what it did to the caches


def flag(summary):
	return ('' if summary.warm else 'c') + ('!' if summary.disturbed > DISTURBED else '')


def cell(summary):
	if summary is None:
		return '-'
	return f'{summary.median:.0f} ({summary.minimum:.0f}-{summary.maximum:.0f}){flag(summary)}'


def text(machine, cases, systems, results):
	lines = [f'{key}: {value}' for key, value in machine.items()]
	lines += ['', 'cycles per packet received: median (minimum-maximum)',
		'c: tables did not get warm; !: the worker lost its core for over 2% of a run', '']
	rows = [['case', *(system.title for system in systems), 'net', 'ratio']]
	for case in cases:
		result = results[case.key]
		own, ratio = budgets.net(result), budgets.ratio_to_peer(case, results)
		rows.append([case.title, *(cell(result.summary(s.key)) for s in systems),
			'-' if own is None else f'{own:.0f}',
			'-' if ratio is None else f'{ratio:.1f}x'])
	widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
	for row in rows:
		lines.append('  '.join([row[0].ljust(widths[0])] +
			[value.rjust(width) for value, width in zip(row[1:], widths[1:])]).rstrip())
	lines += ['', *verdict_lines(cases, results)]
	for case in cases:
		for system, message in results[case.key].errors.items():
			lines.append(f'error: {case.key}, {system}: {message}')
	return '\n'.join(lines)


def quantity(what, value):
	return {'net': f'{value:.1f} net cycles', 'plus': f'{value:+.1f} net cycles',
		'gross': f'{value:.2f} of io', 'ratio': f'{value:.1f}x',
		 'learned': f'{value / 1e6:.1f} M/s'}[what]


def verdict_lines(cases, results):
	lines = []
	for case in cases:
		for verdict in budgets.judge(case, results):
			bound = 'at least' if verdict.what in ('ratio', 'learned') else 'at most'
			lines.append(f'{verdict.word}: {verdict.row} [{case.key}]: '
				f'{quantity(verdict.what, verdict.value)}, {bound} '
				f'{quantity(verdict.what, verdict.limit)}')
	return lines


def as_json(machine, cases, systems, results):
	document = {'machine': machine, 'cases': []}
	for case in cases:
		result = results[case.key]
		document['cases'].append({
			'case': case.key, 'title': case.title, 'net': budgets.net(result),
			'ratio': budgets.ratio_to_peer(case, results),
			'systems': {system.key: {
				'summary': asdict(result.summary(system.key)),
				'samples': [asdict(one) for one in result.samples[system.key]],
			} for system in systems if result.samples.get(system.key)},
			'verdicts': [asdict(verdict) for verdict in budgets.judge(case, results)],
			'errors': result.errors})
	return json.dumps(document, indent='\t')


def plot(path, machine, cases, systems, results):
	"""Cycles per packet against flows and against MAC pairs, both axes logarithmic."""
	import matplotlib
	matplotlib.use('Agg')
	from matplotlib import pyplot

	figure, panels = pyplot.subplots(1, 2, sharey=True, figsize=(11, 4.5))
	for axis, panel, label in (('flows', panels[0], 'flows, 1 MAC pair'),
			('pairs', panels[1], 'MAC pairs')):
		points = [case for case in cases if case.axis == axis]
		for system in systems:
			known = [(getattr(case.traffic, axis), summary) for case in points
				if (summary := results[case.key].summary(system.key))]
			if not known:
				continue
			middle = [summary.median for _, summary in known]
			panel.errorbar([x for x, _ in known], middle, marker='o', capsize=3,
				label=system.title, yerr=[
					[summary.median - summary.minimum for _, summary in known],
					[summary.maximum - summary.median for _, summary in known]])
		panel.set(xscale='log', yscale='log', xlabel=label)
		panel.grid(True, which='both', alpha=0.3)
	panels[0].set_ylabel('cycles per packet, 64 bytes')
	panels[0].legend()
	figure.suptitle(f'{machine["cpu"]}, one worker core, DPDK {machine["dpdk"]}')
	figure.tight_layout()
	figure.savefig(path, dpi=110)
