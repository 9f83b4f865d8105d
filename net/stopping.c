// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "stopping.h"

volatile sig_atomic_t stopping;
