# SPDX-License-Identifier: Apache-2.0
dist_noinst_SCRIPTS = utilities/guest utilities/guest-init utilities/install-deps
