/* api/admin.h -- the very first start: somebody must be able to sign in. */
#ifndef API_ADMIN_H
#define API_ADMIN_H

#include "base/service.h"

struct store;

/* If nobody works here yet: makes the employee `admin` with a random password, kept in
 * $ECO_DIR/admin-password (mode 0600) and printed once. Two processes at once make one. */
CHECKED enum status admin_ensure(struct service *service, struct store *store);

#endif
