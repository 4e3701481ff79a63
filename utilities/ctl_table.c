/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_command.h"

/* Where the values begin in the format list. */
#define LIST_HEADING_WIDTH 20

struct column {
	char *heading;
	bool right_aligned;
};

struct cell {
	char *text;
	json_t *json;
};

struct ctl_table {
	struct column *columns;
	size_t n_columns;
	struct cell *cells; /* row by row */
	size_t n_cells;
	size_t size;
};

bool ctl_table_format_from_name(const char *name, enum ctl_table_format *format)
{
	static const char *const names[] = {
		[CTL_FORMAT_TABLE] = "table",
		[CTL_FORMAT_LIST] = "list",
		[CTL_FORMAT_CSV] = "csv",
		[CTL_FORMAT_HTML] = "html",
		[CTL_FORMAT_JSON] = "json",
	};

	for (size_t i = 0; i < CTL_ARRAY_SIZE(names); i++) {
		if (!strcmp(name, names[i])) {
			*format = (enum ctl_table_format)i;
			return true;
		}
	}
	return false;
}

bool ctl_table_data_from_name(const char *name, enum ctl_table_data *data)
{
	static const char *const names[] = {
		[CTL_DATA_STRING] = "string",
		[CTL_DATA_BARE] = "bare",
		[CTL_DATA_JSON] = "json",
	};

	for (size_t i = 0; i < CTL_ARRAY_SIZE(names); i++) {
		if (!strcmp(name, names[i])) {
			*data = (enum ctl_table_data)i;
			return true;
		}
	}
	return false;
}

struct ctl_table *ctl_table_create(void)
{
	return ctl_xcalloc(1, sizeof(struct ctl_table));
}

void ctl_table_destroy(struct ctl_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->n_columns; i++)
		free(table->columns[i].heading);
	for (size_t i = 0; i < table->n_cells; i++) {
		free(table->cells[i].text);
		json_decref(table->cells[i].json);
	}
	free(table->columns);
	free(table->cells);
	free(table);
}

void ctl_table_add_column(struct ctl_table *table, const char *heading, bool right_aligned)
{
	table->columns =
		ctl_xrealloc(table->columns, table->n_columns + 1, sizeof(table->columns[0]));
	table->columns[table->n_columns++] = (struct column){ctl_xstrdup(heading), right_aligned};
}

void ctl_table_add_cell(struct ctl_table *table, char *text, json_t *json)
{
	if (table->n_cells == table->size) {
		table->size = table->size * 2 + 16;
		table->cells = ctl_xrealloc(table->cells, table->size, sizeof(table->cells[0]));
	}
	table->cells[table->n_cells++] = (struct cell){text, json};
}

static const char *cell_text(const struct ctl_table *table, size_t row, size_t column)
{
	return table->cells[row * table->n_columns + column].text;
}

static size_t count_rows(const struct ctl_table *table)
{
	return table->n_columns ? table->n_cells / table->n_columns : 0;
}

/* The bytes that the first `width` characters of `s` take. */
static size_t bytes_of_width(const char *s, size_t width)
{
	size_t n = 0;

	while (s[n] && (width || ((unsigned char)s[n] & 0xc0) == 0x80)) {
		if (((unsigned char)s[n] & 0xc0) != 0x80)
			width--;
		n++;
	}
	return n;
}

static void print_aligned(struct ctl_text *out, const char *s, size_t width, bool right, bool last)
{
	size_t length = bytes_of_width(s, width);
	size_t shown = ctl_text_width(s);
	size_t padding = shown < width ? width - shown : 0;

	if (right)
		ctl_text_put_spaces(out, padding);
	ctl_text_printf(out, "%.*s", (int)length, s);
	if (!right && !last)
		ctl_text_put_spaces(out, padding);
}

static size_t *column_widths(const struct ctl_table *table, const struct ctl_table_style *style)
{
	size_t *widths = ctl_xcalloc(table->n_columns, sizeof(*widths));

	for (size_t c = 0; c < table->n_columns; c++) {
		size_t limit = style->max_column_width ? style->max_column_width : SIZE_MAX;

		for (size_t r = 0; r < count_rows(table); r++) {
			size_t width = ctl_text_width(cell_text(table, r, c));

			if (width > limit)
				width = limit;
			if (width > widths[c])
				widths[c] = width;
		}
		if (style->headings && ctl_text_width(table->columns[c].heading) > widths[c])
			widths[c] = ctl_text_width(table->columns[c].heading);
	}
	return widths;
}

static void print_table(
	const struct ctl_table *table, const struct ctl_table_style *style, struct ctl_text *out)
{
	size_t *widths = column_widths(table, style);
	size_t n = table->n_columns;

	for (size_t c = 0; style->headings && c < n; c++) {
		print_aligned(out, table->columns[c].heading, widths[c],
			table->columns[c].right_aligned, c + 1 == n);
		ctl_text_putc(out, c + 1 == n ? '\n' : ' ');
	}
	for (size_t c = 0; style->headings && c < n; c++) {
		for (size_t i = 0; i < widths[c]; i++)
			ctl_text_putc(out, '-');
		ctl_text_putc(out, c + 1 == n ? '\n' : ' ');
	}
	for (size_t r = 0; r < count_rows(table); r++) {
		for (size_t c = 0; c < n; c++) {
			print_aligned(out, cell_text(table, r, c), widths[c],
				table->columns[c].right_aligned, c + 1 == n);
			ctl_text_putc(out, c + 1 == n ? '\n' : ' ');
		}
	}
	free(widths);
}

static void print_list(
	const struct ctl_table *table, const struct ctl_table_style *style, struct ctl_text *out)
{
	for (size_t r = 0; r < count_rows(table); r++) {
		if (r)
			ctl_text_putc(out, '\n');
		for (size_t c = 0; c < table->n_columns; c++) {
			if (style->headings)
				ctl_text_printf(out, "%-*s: ", LIST_HEADING_WIDTH,
					table->columns[c].heading);
			ctl_text_printf(out, "%s\n", cell_text(table, r, c));
		}
	}
}

static void print_csv_cell(struct ctl_text *out, const char *s, bool last)
{
	/* RFC 4180 section 2, points 6 and 7 */
	if (s[strcspn(s, "\r\n\",")]) {
		ctl_text_putc(out, '"');
		for (; *s; s++) {
			if (*s == '"')
				ctl_text_putc(out, '"');
			ctl_text_putc(out, *s);
		}
		ctl_text_putc(out, '"');
	} else {
		ctl_text_puts(out, s);
	}
	ctl_text_putc(out, last ? '\n' : ',');
}

static void print_csv(
	const struct ctl_table *table, const struct ctl_table_style *style, struct ctl_text *out)
{
	size_t n = table->n_columns;

	for (size_t c = 0; style->headings && c < n; c++)
		print_csv_cell(out, table->columns[c].heading, c + 1 == n);
	for (size_t i = 0; i < table->n_cells; i++)
		print_csv_cell(out, table->cells[i].text, (i + 1) % n == 0);
}

static void print_html_cell(struct ctl_text *out, const char *tag, const char *s)
{
	ctl_text_printf(out, "    <%s>", tag);
	for (; *s; s++) {
		switch (*s) {
		case '&':
			ctl_text_puts(out, "&amp;");
			break;
		case '<':
			ctl_text_puts(out, "&lt;");
			break;
		case '>':
			ctl_text_puts(out, "&gt;");
			break;
		case '"':
			ctl_text_puts(out, "&quot;");
			break;
		default:
			ctl_text_putc(out, *s);
		}
	}
	ctl_text_printf(out, "</%s>\n", tag);
}

static void print_html(
	const struct ctl_table *table, const struct ctl_table_style *style, struct ctl_text *out)
{
	ctl_text_puts(out, "<table border=1>\n");
	if (style->headings) {
		ctl_text_puts(out, "  <tr>\n");
		for (size_t c = 0; c < table->n_columns; c++)
			print_html_cell(out, "th", table->columns[c].heading);
		ctl_text_puts(out, "  </tr>\n");
	}
	for (size_t r = 0; r < count_rows(table); r++) {
		ctl_text_puts(out, "  <tr>\n");
		for (size_t c = 0; c < table->n_columns; c++)
			print_html_cell(out, "td", cell_text(table, r, c));
		ctl_text_puts(out, "  </tr>\n");
	}
	ctl_text_puts(out, "</table>\n");
}

void ctl_table_print_json(
	const json_t *json, const struct ctl_table_style *style, struct ctl_text *out)
{
	char *s = json_dumps(json, style->pretty ? JSON_INDENT(2) : JSON_COMPACT);

	ctl_text_printf(out, "%s\n", s ? s : "");
	free(s);
}

static void print_json(
	const struct ctl_table *table, const struct ctl_table_style *style, struct ctl_text *out)
{
	json_t *headings = json_array();
	json_t *data = json_array();
	json_t *all;

	for (size_t c = 0; c < table->n_columns; c++)
		json_array_append_new(headings, json_string(table->columns[c].heading));
	for (size_t r = 0; r < count_rows(table); r++) {
		json_t *row = json_array();

		for (size_t c = 0; c < table->n_columns; c++) {
			const struct cell *cell = &table->cells[r * table->n_columns + c];

			json_array_append_new(row,
				cell->json ? json_incref(cell->json) : json_string(cell->text));
		}
		json_array_append_new(data, row);
	}
	all = json_pack("{s:o,s:o}", "data", data, "headings", headings);
	ctl_table_print_json(all, style, out);
	json_decref(all);
}

void ctl_table_print(const struct ctl_table *table, const struct ctl_table_style *style,
	unsigned int nth, struct ctl_text *out)
{
	if (!table->n_columns)
		return;
	if (nth && style->format != CTL_FORMAT_JSON)
		ctl_text_putc(out, '\n');
	switch (style->format) {
	case CTL_FORMAT_TABLE:
		print_table(table, style, out);
		break;
	case CTL_FORMAT_LIST:
		print_list(table, style, out);
		break;
	case CTL_FORMAT_CSV:
		print_csv(table, style, out);
		break;
	case CTL_FORMAT_HTML:
		print_html(table, style, out);
		break;
	case CTL_FORMAT_JSON:
		print_json(table, style, out);
		break;
	}
}
