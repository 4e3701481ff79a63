/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/view.h"

#include <stdlib.h>
#include <string.h>

#define CELL_SIZE 256

static void format_cell(const json_t *value, char cell[CELL_SIZE])
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		snprintf(cell, CELL_SIZE, "%s", json_string_value(value));
		break;
	case JSON_INTEGER:
		snprintf(cell, CELL_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		snprintf(cell, CELL_SIZE, "%.1f", json_real_value(value));
		break;
	case JSON_TRUE:
		snprintf(cell, CELL_SIZE, "yes");
		break;
	case JSON_FALSE:
		snprintf(cell, CELL_SIZE, "no");
		break;
	default:
		snprintf(cell, CELL_SIZE, "-");
	}
}

static int column_width(const json_t *rows, const char *key)
{
	int width = (int)strlen(key);
	char cell[CELL_SIZE];
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		format_cell(json_object_get(row, key), cell);
		if ((int)strlen(cell) > width)
			width = (int)strlen(cell);
	}
	return width;
}

/* Writes one cell; the last of a line isn't padded. */
static void write_cell(FILE *out, const char *text, int width, bool right, bool last)
{
	if (right)
		fprintf(out, "%*s%s", width, text, last ? "\n" : "  ");
	else
		fprintf(out, "%-*s%s", last ? 0 : width, text, last ? "\n" : "  ");
}

void view_write_table(const json_t *rows, FILE *out)
{
	json_t *first = json_array_get(rows, 0);
	size_t n = json_object_size(first), i, c = 0;
	int *widths = calloc(n + 1, sizeof(*widths));
	char cell[CELL_SIZE];
	const char *key;
	const json_t *row;
	json_t *value;

	if (!first || !widths) {
		free(widths);
		return;
	}
	json_object_foreach (first, key, value) {
		widths[c] = column_width(rows, key);
		write_cell(out, key, widths[c], json_is_number(value), c + 1 == n);
		c++;
	}
	json_array_foreach (rows, i, row) {
		c = 0;
		json_object_foreach (first, key, value) {
			format_cell(json_object_get(row, key), cell);
			write_cell(out, cell, widths[c], json_is_number(value), c + 1 == n);
			c++;
		}
	}
	free(widths);
}

void view_write_json(const json_t *rows, FILE *out)
{
	json_dumpf(rows, out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	fputc('\n', out);
}

bool view_take_json_option(int *argc, const char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--json") != 0)
			continue;
		memmove(&argv[i], &argv[i + 1], (*argc - i - 1) * sizeof(*argv));
		(*argc)--;
		return true;
	}
	return false;
}
