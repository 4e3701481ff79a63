# SPDX-License-Identifier: Apache-2.0
dist_noinst_SCRIPTS = utilities/build utilities/guest utilities/guest-init utilities/install-deps
