/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_help.h"

#include <ctype.h>
#include <string.h>

#define WIDTH 79
#define SUMMARY_COLUMN 22

/* Appends `s` broken into lines that begin at column `indent`; the first is there already. */
static void put_wrapped(struct ctl_text *out, const char *s, size_t indent)
{
	size_t column = indent;

	while (*s) {
		size_t n = strcspn(s, " ");

		if (column > indent && column + 1 + n > WIDTH) {
			ctl_text_putc(out, '\n');
			ctl_text_put_spaces(out, indent);
			column = indent;
		} else if (column > indent) {
			ctl_text_putc(out, ' ');
			column++;
		}
		ctl_text_printf(out, "%.*s", (int)n, s);
		column += n;
		s += n;
		s += strspn(s, " ");
	}
	ctl_text_putc(out, '\n');
}

/* "name    text", the text in its column, on the next line when the name is too long. */
static void put_entry(struct ctl_text *out, size_t start, const char *text)
{
	size_t used = out->length - start;

	if (used + 2 > SUMMARY_COLUMN) {
		ctl_text_putc(out, '\n');
		used = 0;
	}
	ctl_text_put_spaces(out, SUMMARY_COLUMN - used);
	put_wrapped(out, text, SUMMARY_COLUMN);
}

/* Calls for each word of the command's options with its length and whether it takes a value. */
static const char *next_option(const char **s, size_t *length, bool *has_value)
{
	const char *option = *s;

	if (!*option)
		return NULL;
	*length = strcspn(option, " =");
	*has_value = option[*length] == '=';
	*s += strcspn(*s, " ");
	*s += strspn(*s, " ");
	return option;
}

static const char *value_name(const char *option, size_t length)
{
	return length == 2 && !memcmp(option, "id", 2) ? "@NAME" : "COLUMN,...";
}

void ctl_help_program(const char *program, struct ctl_text *out)
{
	size_t n_groups;
	const struct ctl_command_group *groups = ctl_command_groups(&n_groups);

	ctl_text_printf(out,
		"%s configures the switch and shows what it does.\n"
		"usage: %s [OPTION]... COMMAND [ARG]... [-- COMMAND [ARG]...]...\n"
		"Options of a command stand before its name; \"--\" joins commands into one "
		"change\nthat happens wholly or not at all.\n",
		program, program);
	for (size_t g = 0; g < n_groups; g++) {
		ctl_text_printf(out, "\n%s:\n", groups[g].title);
		for (size_t i = 0; i < groups[g].n_commands; i++) {
			size_t start = out->length;

			ctl_text_printf(out, "  %s", groups[g].commands[i].name);
			put_entry(out, start, groups[g].commands[i].summary);
		}
	}
	ctl_text_puts(out, "\nOptions:\n");
	for (const struct ctl_global_option *o = ctl_global_options(); o->name; o++) {
		size_t start = out->length;

		if (o->hidden)
			continue;
		ctl_text_puts(out, "  ");
		if (o->letter)
			ctl_text_printf(out, "-%c, ", o->letter);
		ctl_text_printf(out, "--%s%s%s", o->name, o->argument ? "=" : "",
			o->argument ? o->argument : "");
		put_entry(out, start, o->text);
	}
	ctl_text_printf(out,
		"\nThe run directory is " VSWITCH_RUNDIR ".\n"
		"%s --help COMMAND tells more of a command.\n",
		program);
}

void ctl_help_command(const char *program, const struct ctl_command *command, struct ctl_text *out)
{
	const char *s = command->options, *option;
	size_t length;
	bool has_value;

	ctl_text_printf(out, "usage: %s ", program);
	while ((option = next_option(&s, &length, &has_value)))
		ctl_text_printf(out, "[--%.*s%s%s] ", (int)length, option, has_value ? "=" : "",
			has_value ? value_name(option, length) : "");
	ctl_text_printf(out, "%s%s%s\n\n", command->name, *command->arguments ? " " : "",
		command->arguments);
	put_wrapped(out, command->text, 0);
}

void ctl_help_list_commands(struct ctl_text *out)
{
	size_t n_groups;
	const struct ctl_command_group *groups = ctl_command_groups(&n_groups);

	for (size_t g = 0; g < n_groups; g++) {
		for (size_t i = 0; i < groups[g].n_commands; i++) {
			const struct ctl_command *command = &groups[g].commands[i];
			const char *s = command->options, *option;
			const char *space = "";
			size_t length;
			bool has_value;

			ctl_text_printf(out, "%s\t", command->name);
			while ((option = next_option(&s, &length, &has_value))) {
				ctl_text_printf(out, "%s--%.*s%s", space, (int)length, option,
					has_value ? "=" : "");
				space = " ";
			}
			ctl_text_printf(out, "\t%s\n", command->arguments);
		}
	}
}

void ctl_help_list_options(struct ctl_text *out)
{
	for (const struct ctl_global_option *o = ctl_global_options(); o->name; o++) {
		const char *argument = o->argument ? o->argument : "";

		if (o->hidden)
			continue;
		ctl_text_printf(out, "--%s%s%s\n", o->name, o->argument ? "=" : "", argument);
		if (o->letter)
			ctl_text_printf(
				out, "-%c%s%s\n", o->letter, o->argument ? " " : "", argument);
	}
}

/* Text of mdoc: nothing is taken for a macro or an escape, and each sentence begins a line. */
static void put_man_text(struct ctl_text *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\\')
			ctl_text_puts(out, "\\e");
		else if (*s == '-')
			ctl_text_puts(out, "\\-");
		else if (*s == ' ' && s[-1] == '.' && isupper((unsigned char)s[1]))
			ctl_text_putc(out, '\n');
		else
			ctl_text_putc(out, *s);
	}
	ctl_text_putc(out, '\n');
}

static void put_man_command(struct ctl_text *out, const struct ctl_command *command)
{
	const char *s = command->options, *option;
	size_t length;
	bool has_value;

	ctl_text_puts(out, ".It Xo\n");
	while ((option = next_option(&s, &length, &has_value))) {
		ctl_text_printf(out, ".Op Fl \\-%.*s", (int)length, option);
		if (has_value)
			ctl_text_printf(out, " Ns = Ns Ar %s", value_name(option, length));
		ctl_text_putc(out, '\n');
	}
	ctl_text_printf(out, ".Cm %s", command->name);
	if (*command->arguments)
		ctl_text_printf(out, " Ar \"%s\"", command->arguments);
	ctl_text_puts(out, "\n.Xc\n");
	put_man_text(out, command->text);
}

void ctl_help_man(struct ctl_text *out)
{
	size_t n_groups;
	const struct ctl_command_group *groups = ctl_command_groups(&n_groups);

	ctl_text_puts(out, ".Sh OPTIONS\n.Bl -tag -width Ds\n");
	for (const struct ctl_global_option *o = ctl_global_options(); o->name; o++) {
		if (o->hidden)
			continue;
		ctl_text_puts(out, ".It ");
		if (o->letter)
			ctl_text_printf(out, "Fl %c , ", o->letter);
		ctl_text_printf(out, "Fl \\-%s", o->name);
		if (o->argument)
			ctl_text_printf(out, " Ns = Ns Ar %s", o->argument);
		ctl_text_putc(out, '\n');
		put_man_text(out, o->text);
	}
	ctl_text_puts(out, ".El\n.Sh COMMANDS\n");
	for (size_t g = 0; g < n_groups; g++) {
		ctl_text_printf(out, ".Ss %s\n.Bl -tag -width Ds\n", groups[g].title);
		for (size_t i = 0; i < groups[g].n_commands; i++)
			put_man_command(out, &groups[g].commands[i]);
		ctl_text_puts(out, ".El\n");
	}
}
