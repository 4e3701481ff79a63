/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the run-time commands show: a JSON array of flat objects, all with the same keys, written as
 * that or as a table with a column for each key. Pure; any thread.
 */
#ifndef VSWITCHD_VIEW_H
#define VSWITCHD_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/* Numbers are aligned to the right, texts to the left; no row gives an empty text. */
void view_write_table(const json_t *rows, FILE *out);
void view_write_json(const json_t *rows, FILE *out);

/* True, and the argument taken out of argv, when it says "--json". */
bool view_take_json_option(int *argc, const char **argv);

#endif
