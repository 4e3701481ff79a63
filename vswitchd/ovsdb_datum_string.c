/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_datum_string.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "vswitchd/ovsdb_alloc.h"

/* More than any column of integers may hold; keeps a mistyped run from filling the memory. */
#define MAX_RUN 65536

static const char delimiters[] = ":=, []{}!<>";

int ovsdb_token_parse(const char **text, char **token, struct ovsdb_error *err)
{
	const char *p = *text;
	bool quoted = false;

	for (; *p && (quoted || !strchr(delimiters, *p)); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (quoted && *p == '\\' && p[1])
			p++;
	}
	if (quoted)
		return ovsdb_error_set(
			err, OVSDB_E_SYNTAX, "%s: the closing quote is missing", *text);
	if (p == *text) {
		if (!*p)
			return ovsdb_error_set(err, OVSDB_E_SYNTAX, "a value is missing");
		return ovsdb_error_set(
			err, OVSDB_E_SYNTAX, "%s: a value is needed here, not \"%c\"", *text, *p);
	}
	*token = ovsdb_must(strndup(*text, p - *text));
	*text = p;
	return 0;
}

static int parse_integer(const char *text, int64_t *integer, const char **end)
{
	char *stop;

	errno = 0;
	*integer = strtoll(text, &stop, 10);
	*end = stop;
	return stop == text || errno || isspace((unsigned char)*text) ? -EINVAL : 0;
}

static int parse_boolean(const char *text, bool *boolean)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};

	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(text, words[i])) {
			*boolean = i % 2;
			return 0;
		}
	}
	return -EINVAL;
}

static int parse_string(const char *text, json_t **string, struct ovsdb_error *err)
{
	json_error_t why;

	*string = text[0] == '"' ? json_loads(text, JSON_DECODE_ANY, &why) : json_string(text);
	if (*string)
		return 0;
	if (text[0] == '"')
		return ovsdb_error_set(err, OVSDB_E_SYNTAX, "%s: %s", text, why.text);
	return ovsdb_error_set(err, OVSDB_E_SYNTAX, "the text is no valid UTF-8");
}

static int parse_uuid(const char *text, struct ovsdb_symtab *symtab, struct ovsdb_uuid *uuid)
{
	if (symtab && text[0] == '@') {
		if (!text[1])
			return -EINVAL;
		*uuid = ovsdb_symtab_get(symtab, text + 1)->uuid;
		return 0;
	}
	return ovsdb_uuid_parse(text, uuid) ? 0 : -EINVAL;
}

static int parse_atom(enum ovsdb_atomic type, const char *text, struct ovsdb_symtab *symtab,
	union ovsdb_atom *atom, struct ovsdb_error *err)
{
	const char *end;
	char *stop;
	int rc = -EINVAL;

	switch (type) {
	case OVSDB_VOID:
		break;
	case OVSDB_INTEGER:
		rc = parse_integer(text, &atom->integer, &end);
		if (!rc && *end)
			rc = -EINVAL;
		break;
	case OVSDB_REAL:
		errno = 0;
		atom->real = strtod(text, &stop);
		rc = stop == text || *stop || errno || atom->real - atom->real != 0 ? -EINVAL : 0;
		break;
	case OVSDB_BOOLEAN:
		rc = parse_boolean(text, &atom->boolean);
		break;
	case OVSDB_STRING:
		return parse_string(text, &atom->string, err);
	case OVSDB_UUID:
		rc = parse_uuid(text, symtab, &atom->uuid);
		break;
	}
	if (rc)
		ovsdb_error_set(err, OVSDB_E_SYNTAX, "\"%s\" is not of type %s", text,
			ovsdb_atomic_name(type));
	return rc;
}

int ovsdb_atom_from_string(const struct ovsdb_base_type *base, const char *text,
	struct ovsdb_symtab *symtab, union ovsdb_atom *atom, struct ovsdb_error *err)
{
	int rc = parse_atom(base->type, text, symtab, atom, err);

	if (rc)
		return rc;
	rc = ovsdb_base_type_check(base, atom, err);
	if (rc)
		ovsdb_atom_clear(base->type, atom);
	return rc;
}

/* A list that grows while a text is read; becomes a datum at its end. */
struct builder {
	const struct ovsdb_type *type;
	union ovsdb_atom *keys, *values;
	unsigned int n, room;
};

static void builder_push(
	struct builder *b, const union ovsdb_atom *key, const union ovsdb_atom *value)
{
	if (b->n == b->room) {
		b->room = b->room ? b->room * 2 : 8;
		b->keys = ovsdb_realloc(b->keys, b->room, sizeof(*key));
		b->values = ovsdb_realloc(b->values, b->room, sizeof(*key));
	}
	b->keys[b->n] = *key;
	if (value)
		b->values[b->n] = *value;
	b->n++;
}

static struct ovsdb_datum *builder_finish(struct builder *b)
{
	struct ovsdb_datum *datum = ovsdb_datum_alloc(b->type, b->n);

	if (b->n)
		memcpy(datum->keys, b->keys, b->n * sizeof(*b->keys));
	if (b->n && datum->values)
		memcpy(datum->values, b->values, b->n * sizeof(*b->values));
	free(b->keys);
	free(b->values);
	return datum;
}

/* FIRST-LAST in a set of integers. 1 when the word is no run. */
static int parse_run(struct builder *b, const char *word, struct ovsdb_error *err)
{
	union ovsdb_atom first = {0}, last = {0};
	const char *end;
	int rc;

	if (b->type->key.type != OVSDB_INTEGER || b->type->n_max == 1 ||
		parse_integer(word, &first.integer, &end) || *end != '-' ||
		parse_integer(end + 1, &last.integer, &end) || *end)
		return 1;
	if (first.integer > last.integer ||
		(uint64_t)last.integer - (uint64_t)first.integer >= MAX_RUN)
		return ovsdb_error_set(
			err, OVSDB_E_SYNTAX, "%s: the run is out of order or too long", word);
	rc = ovsdb_base_type_check(&b->type->key, &first, err);
	if (!rc)
		rc = ovsdb_base_type_check(&b->type->key, &last, err);
	for (uint64_t left = last.integer - first.integer + 1; left && !rc; left--) {
		builder_push(b, &first, NULL);
		first.integer++;
	}
	return rc;
}

static int parse_word(const struct ovsdb_base_type *base, const char **p,
	struct ovsdb_symtab *symtab, union ovsdb_atom *atom, struct ovsdb_error *err)
{
	char *word;
	int rc = ovsdb_token_parse(p, &word, err);

	if (rc)
		return rc;
	rc = ovsdb_atom_from_string(base, word, symtab, atom, err);
	free(word);
	return rc;
}

static int parse_element(
	struct builder *b, const char **p, struct ovsdb_symtab *symtab, struct ovsdb_error *err)
{
	union ovsdb_atom key, value;
	const char *start = *p;
	char *word;
	int rc = ovsdb_token_parse(p, &word, err);

	if (rc)
		return rc;
	rc = ovsdb_type_is_map(b->type) ? 1 : parse_run(b, word, err);
	if (rc == 1)
		rc = ovsdb_atom_from_string(&b->type->key, word, symtab, &key, err);
	else
		start = NULL;
	free(word);
	if (rc || !start)
		return rc;
	if (!ovsdb_type_is_map(b->type)) {
		builder_push(b, &key, NULL);
		return 0;
	}
	if (**p != '=') {
		rc = ovsdb_error_set(err, OVSDB_E_SYNTAX, "%s: KEY=VALUE is needed here", start);
	} else {
		++*p;
		rc = parse_word(&b->type->value, p, symtab, &value, err);
	}
	if (rc)
		ovsdb_atom_clear(b->type->key.type, &key);
	else
		builder_push(b, &key, &value);
	return rc;
}

static int parse_elements(
	struct builder *b, const char *text, struct ovsdb_symtab *symtab, struct ovsdb_error *err)
{
	const char *p = text + strspn(text, " ");
	char opening = ovsdb_type_is_map(b->type) ? '{' : '[';
	char closing = ovsdb_type_is_map(b->type) ? '}' : ']';
	char until = *p == opening ? closing : '\0';
	int rc = 0;

	if (until)
		p++;
	p += strspn(p, " ");
	while (*p && *p != until && !rc) {
		rc = parse_element(b, &p, symtab, err);
		p += strspn(p, " ");
		if (!rc && *p == ',')
			p++;
		p += strspn(p, " ");
	}
	if (rc)
		return rc;
	if (*p != until)
		return ovsdb_error_set(
			err, OVSDB_E_SYNTAX, "%s: the closing \"%c\" is missing", text, until);
	if (until)
		p++;
	p += strspn(p, " ");
	if (*p)
		return ovsdb_error_set(
			err, OVSDB_E_SYNTAX, "%s: nothing can follow the value", text);
	return 0;
}

int ovsdb_datum_from_string(const struct ovsdb_type *type, const char *text,
	struct ovsdb_symtab *symtab, struct ovsdb_datum **datum, struct ovsdb_error *err)
{
	struct builder b = {.type = type};
	int rc = parse_elements(&b, text, symtab, err);
	struct ovsdb_datum *result = builder_finish(&b);

	if (!rc)
		rc = ovsdb_datum_check_n(result->n, type, err);
	if (rc) {
		ovsdb_datum_unref(result, type);
		return rc;
	}
	rc = ovsdb_datum_sort(result, type, err);
	if (!rc)
		*datum = result;
	return rc;
}

static bool needs_quotes(const char *text)
{
	struct ovsdb_uuid uuid;

	if (!isalpha((unsigned char)text[0]) && text[0] != '_')
		return true;
	if (!strcmp(text, "true") || !strcmp(text, "false"))
		return true;
	for (const char *p = text; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("_-.", *p))
			return true;
	}
	return ovsdb_uuid_parse(text, &uuid);
}

static void put_atom(FILE *out, enum ovsdb_atomic type, const union ovsdb_atom *atom, bool bare)
{
	char text[OVSDB_UUID_LEN + 1];

	switch (type) {
	case OVSDB_VOID:
		break;
	case OVSDB_INTEGER:
		fprintf(out, "%" PRId64, atom->integer);
		break;
	case OVSDB_REAL:
		fprintf(out, "%.15g", atom->real);
		break;
	case OVSDB_BOOLEAN:
		fputs(atom->boolean ? "true" : "false", out);
		break;
	case OVSDB_STRING:
		if (!bare && needs_quotes(ovsdb_atom_text(atom)))
			json_dumpf(atom->string, out, JSON_ENCODE_ANY);
		else
			fputs(ovsdb_atom_text(atom), out);
		break;
	case OVSDB_UUID:
		fputs(ovsdb_uuid_format(&atom->uuid, text), out);
		break;
	}
}

char *ovsdb_atom_to_string(enum ovsdb_atomic type, const union ovsdb_atom *atom)
{
	size_t size;
	char *text = NULL;
	FILE *out = ovsdb_must(open_memstream(&text, &size));

	put_atom(out, type, atom, false);
	fclose(out);
	return ovsdb_must(text);
}

static char *datum_to_text(
	const struct ovsdb_datum *datum, const struct ovsdb_type *type, bool bare)
{
	bool map = ovsdb_type_is_map(type);
	bool brackets = !bare && (map || type->n_max > 1 || !datum->n);
	size_t size;
	char *text = NULL;
	FILE *out = ovsdb_must(open_memstream(&text, &size));

	if (brackets)
		fputc(map ? '{' : '[', out);
	for (unsigned int i = 0; i < datum->n; i++) {
		if (i)
			fputs(bare ? " " : ", ", out);
		put_atom(out, type->key.type, &datum->keys[i], bare);
		if (!map)
			continue;
		fputc('=', out);
		put_atom(out, type->value.type, &datum->values[i], bare);
	}
	if (brackets)
		fputc(map ? '}' : ']', out);
	fclose(out);
	return ovsdb_must(text);
}

char *ovsdb_datum_to_string(const struct ovsdb_datum *datum, const struct ovsdb_type *type)
{
	return datum_to_text(datum, type, false);
}

char *ovsdb_datum_to_bare_string(const struct ovsdb_datum *datum, const struct ovsdb_type *type)
{
	return datum_to_text(datum, type, true);
}
