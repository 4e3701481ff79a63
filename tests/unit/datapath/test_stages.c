/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/stage.h"

/* True when the kernel lists all of these, each with a space around it, among the CPU's flags. */
static bool kernel_says(const char *const *flags, size_t n)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char *line = NULL;
	size_t size = 0, found = 0;

	assert_non_null(f);
	while (getline(&line, &size, f) >= 0 && strncmp(line, "flags", 5) != 0)
		;
	/* The last flag ends the line. */
	line[strcspn(line, "\n")] = ' ';
	for (size_t i = 0; i < n; i++)
		found += strstr(line, flags[i]) != NULL;
	free(line);
	fclose(f);
	return found == n;
}

static bool is_listed(const char *variant)
{
	const struct stages *list[STAGES_MAX];
	unsigned int n = stages_list(list);

	for (unsigned int i = 0; i < n; i++) {
		if (!strcmp(list[i]->variant, variant))
			return true;
	}
	return false;
}

/* Neither may the fast variants be lost without a word, nor be run where they can't. */
static void variants_are_those_that_the_kernel_says_the_cpu_can_run(void **state)
{
#ifdef __x86_64__
	static const char *const v3[] = {
		" avx2 ", " bmi1 ", " bmi2 ", " fma ", " movbe ", " f16c ", " abm "};
	static const char *const v4[] = {
		" avx512f ", " avx512bw ", " avx512cd ", " avx512dq ", " avx512vl "};
	bool has_v3 = kernel_says(v3, sizeof(v3) / sizeof(v3[0]));

	assert_int_equal(is_listed("v3"), has_v3);
	assert_int_equal(is_listed("v4"), has_v3 && kernel_says(v4, sizeof(v4) / sizeof(v4[0])));
#endif
	assert_true(is_listed("plain"));
}

static void the_best_is_chosen(void **state)
{
	const struct stages *list[STAGES_MAX];
	unsigned int n = stages_list(list);

	assert_ptr_equal(stages_get(), list[n - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variants_are_those_that_the_kernel_says_the_cpu_can_run),
		cmocka_unit_test(the_best_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
