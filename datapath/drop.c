/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/drop.h"

const struct drop_info drop_infos[DROP_N_REASONS] = {
#define X(CONSTANT, NAME, WHERE, MEANING) {NAME, WHERE, MEANING},
	DROP_REASONS(X)
#undef X
};
