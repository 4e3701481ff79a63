/* SPDX-License-Identifier: Apache-2.0 */
/* The table of one variant; compiled with each of them. */
#include "datapath/stage.h"

#define STAGE_TEXT2(X) #X
#define STAGE_TEXT(X) STAGE_TEXT2(X)

const struct stages STAGE_NAME(stages) = {
	.variant = STAGE_TEXT(STAGE_VARIANT),
	.ingress = STAGE_NAME(stage_ingress),
	.learn = STAGE_NAME(stage_learn),
	.forward = STAGE_NAME(stage_forward),
	.egress = STAGE_NAME(stage_egress),
};
