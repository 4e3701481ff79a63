/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that is printed from the tables of commands and options. Pure; one thread. */
#ifndef UTILITIES_CTL_HELP_H
#define UTILITIES_CTL_HELP_H

#include "utilities/ctl_args.h"

/* --help, and --help of one command. */
void ctl_help_program(const char *program, struct ctl_text *out);
void ctl_help_command(const char *program, const struct ctl_command *command, struct ctl_text *out);

/* --commands: a line "NAME<tab>OPTIONS<tab>ARGUMENTS" for each; --options: "--NAME[=ARGUMENT]". */
void ctl_help_list_commands(struct ctl_text *out);
void ctl_help_list_options(struct ctl_text *out);

/* --man: the manual page's sections on options and commands, in mdoc. */
void ctl_help_man(struct ctl_text *out);

#endif
