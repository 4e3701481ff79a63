/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/unit/datapath/pipeline_test.h"

#define N_PORTS 6

static bool is_in(const struct flood_set *set, const struct port *port)
{
	for (uint32_t i = 0; set && i < set->n; i++) {
		if (set->ports[i]->port == port)
			return true;
	}
	return false;
}

/* Neighbouring VLANs share a set where they can; none may get another's. */
static void every_vlan_has_its_members(void **state)
{
	struct pipeline p;

	srand(1);
	for (int trial = 0; trial < 20; trial++) {
		pipeline_begin(&p, stages_get(), false);
		for (int i = 0; i < N_PORTS; i++) {
			struct vlan_conf c = {0};

			for (int n = rand() % 6; n > 0; n--) {
				int end = rand() % VLAN_N;

				for (int vid = rand() % VLAN_N; vid <= end; vid++)
					vlan_set_add(&c.members, (uint16_t)vid);
				vlan_set_add(&c.members, (uint16_t)(end & ~63));
			}
			pipeline_add_port(&p, c);
		}
		pipeline_ready(&p);
		for (uint16_t vid = 0; vid < VLAN_N; vid++) {
			for (int i = 0; i < N_PORTS; i++)
				assert_int_equal(is_in(p.bridge->flood[vid], &p.ports[i]->port),
					vlan_set_has(&p.bridge->ports[i]->vlan.members, vid));
		}
		assert_int_equal(pipeline_end(&p), 0);
	}
}

static void queues_are_dealt_out_in_turn(void **state)
{
	uint32_t polled;
	struct pipeline p;

	for (uint32_t workers = 0; workers <= 4; workers++) {
		pipeline_begin(&p, stages_get(), false);
		for (uint16_t i = 0; i < N_PORTS; i++)
			pipeline_add_port(&p, vlan_trunk_all())->port.n_rxq = i;
		snapshot_finish(p.snapshot, workers);
		polled = 0;
		for (uint32_t w = 0; w < workers; w++) {
			assert_in_range(p.snapshot->polls[w].n, 15 / workers, 15 / workers + 1);
			polled += p.snapshot->polls[w].n;
		}
		/* Without a worker there is nobody to deal to. */
		assert_int_equal(polled, workers ? 15 : 0);
		assert_int_equal(pipeline_end(&p), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vlan_has_its_members),
		cmocka_unit_test(queues_are_dealt_out_in_turn),
	};

	return cmocka_run_group_tests(tests, pipeline_group_setup, NULL);
}
