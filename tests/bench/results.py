# SPDX-License-Identifier: Apache-2.0
"""What a case's samples amount to."""
import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Summary:
	median: float
	minimum: float
	maximum: float
	runs: int
	warm: bool
	disturbed: float


@dataclass
class Result:
	samples: dict = field(default_factory=dict)   # system key -> list of Sample
	errors: dict = field(default_factory=dict)    # system key -> message

	def summary(self, system):
		samples = self.samples.get(system)
		if not samples:
			return None
		cycles = [sample.cycles for sample in samples]
		return Summary(statistics.median(cycles), min(cycles), max(cycles), len(cycles),
			all(sample.warm for sample in samples),
			max(sample.disturbed for sample in samples))
