/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_command.h"

#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_bridge.h"
#include "utilities/ctl_database.h"
#include "utilities/ctl_show.h"
#include "utilities/ctl_table.h"
#include "utilities/ctl_view.h"

#define SUGGEST_MAX 256

const struct ctl_command_group *ctl_command_groups(size_t *n)
{
	static struct ctl_command_group groups[6];

	groups[0] = ctl_show_commands();
	groups[1] = ctl_bridge_commands();
	groups[2] = ctl_port_commands();
	groups[3] = ctl_database_commands();
	groups[4] = ctl_view_commands();
	*n = 5;
	return groups;
}

const struct ctl_command *ctl_command_find(const char *name)
{
	size_t n_groups;
	const struct ctl_command_group *groups = ctl_command_groups(&n_groups);

	for (size_t g = 0; g < n_groups; g++) {
		for (size_t i = 0; i < groups[g].n_commands; i++) {
			if (!strcmp(groups[g].commands[i].name, name))
				return &groups[g].commands[i];
		}
	}
	return NULL;
}

const char *ctl_command_suggest(const char *name)
{
	const char *names[SUGGEST_MAX + 1];
	size_t n_groups, n = 0;
	const struct ctl_command_group *groups = ctl_command_groups(&n_groups);

	for (size_t g = 0; g < n_groups; g++) {
		for (size_t i = 0; i < groups[g].n_commands && n < SUGGEST_MAX; i++)
			names[n++] = groups[g].commands[i].name;
	}
	names[n] = NULL;
	return ctl_nearest_name(name, names);
}

bool ctl_command_has_option(const struct ctl_command *command, const char *option, bool *has_value)
{
	size_t length = strlen(option);
	const char *s = command->options;

	while (*s) {
		size_t n = strcspn(s, " =");

		if (n == length && !memcmp(s, option, n)) {
			*has_value = s[n] == '=';
			return true;
		}
		s += strcspn(s, " ");
		s += strspn(s, " ");
	}
	return false;
}

static const struct ctl_call_option *find_option(const struct ctl_call *call, const char *option)
{
	for (size_t i = 0; i < call->n_options; i++) {
		if (!strcmp(call->options[i].name, option))
			return &call->options[i];
	}
	return NULL;
}

bool ctl_call_has(const struct ctl_call *call, const char *option)
{
	return find_option(call, option) != NULL;
}

const char *ctl_call_value(const struct ctl_call *call, const char *option)
{
	const struct ctl_call_option *found = find_option(call, option);

	return found ? found->value : NULL;
}

void ctl_call_reset(struct ctl_call *call)
{
	ctl_text_destroy(&call->output);
	ctl_table_destroy(call->table);
	call->table = NULL;
	call->exit_status = 0;
	free(call->created);
	call->created = NULL;
}

void ctl_call_destroy(struct ctl_call *call)
{
	ctl_call_reset(call);
	for (size_t i = 0; i < call->n_options; i++) {
		free(call->options[i].name);
		free(call->options[i].value);
	}
	free(call->options);
	*call = (struct ctl_call){0};
}
