/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/vswitchd.h"

int main(int argc, char **argv)
{
	return vswitchd_main(argc, argv);
}
