#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The completion for bash offers what can follow, with the names that are in the database.
# usage: vswitch-ctl-completion.sh    (VSWITCH_BUILD: where vswitch-ctl was built)
. "$(dirname "$0")/vswitch-ctl-server.sh"
[ ! -r /usr/share/bash-completion/bash_completion ] || . /usr/share/bash-completion/bash_completion
. "$top/utilities/completion/vswitch-ctl"

start_server one
ctl=$build/utilities/vswitch-ctl
"$ctl" --rundir="$work/one" --no-wait add-br br0 -- add-port br0 vm1 -- add-port br0 vm2 -- \
	add-br lan -- add-bond lan bond0 e0 e1 || exit 1

# offers WANTED WORD...: what is offered for the last word.
offers() {
	local wanted=$1
	shift
	COMP_WORDS=("$ctl" "--rundir=$work/one" "$@")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMP_LINE="${COMP_WORDS[*]}"
	COMP_POINT=${#COMP_LINE}
	COMPREPLY=()
	_vswitch_ctl
	equal "completion of $*" "$(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs)" "$wanted"
}

offers "add-bond add-bond-iface add-br add-port" add-
offers "stats" sta
offers "--no-headings --no-wait" --no-
offers "--may-exist" --may
offers "br0" del-br b
offers "-- br0 lan" list-ports ""
offers "vm1 vm2" del-port vm
offers "br0" del-port br
offers "vm1 vm2" stats vm
offers "bond0" port-to-br b
offers "e0 e1" iface-to-br e
offers "del-port" list-br -- del-p
offers "lan" --may-exist add-port l
offers "Port" get Po
offers "bond0 br0" get Port b
offers "tag" set Port vm1 ta
offers "trunks" set Port vm1 tag=3 tr
offers "-- ." list Open_vSwitch ""
offers "--" show ""
equal "command words" "$("$ctl" --commands | cut -f 1 | sort | uniq -d)" ""
[ "$failed" -eq 0 ]
