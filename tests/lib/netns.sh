# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For tests in shell, sourced after env.sh: network namespaces that end with the test.
#
#   ns_create sw; ns_create a        namespaces under the test's own identifier
#   daemon_in sw                     the daemon runs in there
#   ns_veth a eth0 sw va             a veth pair between two of them, both ends up
#   ns a ping -c 1 10.0.0.1          a command inside
ns_name() {
	echo "$VSWITCH_TEST_ID-$1"
}

ns() {
	local name
	name=$(ns_name "$1")
	shift
	ip netns exec "$name" "$@"
}

daemon_in() {
	# shellcheck disable=SC2034
	daemon_ns=$(ns_name "$1")
}

ns_create() {
	local name
	for name; do
		name=$(ns_name "$name")
		at_exit ip netns del "$name"
		ip netns add "$name"
		ip -n "$name" link set lo up
	done
}

# ns_veth NS1 DEVICE1 NS2 DEVICE2
ns_veth() {
	local ns1 ns2
	ns1=$(ns_name "$1")
	ns2=$(ns_name "$3")
	ip -n "$ns1" link add "$2" type veth peer name "$4" netns "$ns2"
	ip -n "$ns1" link set "$2" up
	ip -n "$ns2" link set "$4" up
}

# ns_addr NS DEVICE ADDRESS/LENGTH...
ns_addr() {
	local name device=$2 address
	name=$(ns_name "$1")
	shift 2
	for address; do
		ip -n "$name" addr add "$address" dev "$device"
	done
	ip -n "$name" link set "$device" up
}

# pings NS ADDRESS [OPTION...]: one echo gets through.
pings() {
	local from=$1 to=$2
	shift 2
	ns "$from" ping -q -c 1 -W 1 "$@" "$to"
}
