/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of results, printed as aligned text, list, CSV, HTML or JSON. One thread; pure.
 */
#ifndef UTILITIES_CTL_TABLE_H
#define UTILITIES_CTL_TABLE_H

#include <jansson.h>
#include <stdbool.h>

#include "utilities/ctl_text.h"

enum ctl_table_format {
	CTL_FORMAT_TABLE,
	CTL_FORMAT_LIST,
	CTL_FORMAT_CSV,
	CTL_FORMAT_HTML,
	CTL_FORMAT_JSON
};

/* How a value of the database is written in a cell. */
enum ctl_table_data { CTL_DATA_STRING, CTL_DATA_BARE, CTL_DATA_JSON };

struct ctl_table_style {
	enum ctl_table_format format;
	enum ctl_table_data data;
	bool headings;
	bool pretty;                   /* JSON is indented */
	unsigned int max_column_width; /* characters, 0 for no limit; format table only */
};

bool ctl_table_format_from_name(const char *name, enum ctl_table_format *format);
bool ctl_table_data_from_name(const char *name, enum ctl_table_data *data);

struct ctl_table *ctl_table_create(void);
void ctl_table_destroy(struct ctl_table *table);

/* Columns come before the first row. Cells of a right-aligned column are numbers. */
void ctl_table_add_column(struct ctl_table *table, const char *heading, bool right_aligned);

/* Adds a cell, the first one after the last of a row beginning the next row. `text` and `json`
 * are stolen; a NULL `json` stands for the text. */
void ctl_table_add_cell(struct ctl_table *table, char *text, json_t *json);

/* Appends the table to `out`. `nth` counts the tables printed before: a blank line parts them. */
void ctl_table_print(const struct ctl_table *table, const struct ctl_table_style *style,
	unsigned int nth, struct ctl_text *out);

/* Appends `json` and a line end, indented when the style says so. */
void ctl_table_print_json(
	const json_t *json, const struct ctl_table_style *style, struct ctl_text *out);

#endif
