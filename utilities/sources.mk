# SPDX-License-Identifier: Apache-2.0
dist_noinst_SCRIPTS = utilities/install-deps
