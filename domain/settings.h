/* domain/settings.h -- every setting of the product, in one table that all processes share. */
#ifndef DOMAIN_SETTINGS_H
#define DOMAIN_SETTINGS_H

#include "base/config.h"

extern const struct config_row settings_rows[];
extern const size_t settings_count;

#endif
