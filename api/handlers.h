/* api/handlers.h -- the functions behind the routes, by file. Each runs in the lane its row names.
 */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "api/call.h"
#include "api/shapes.h"

/* oauth.c */
CHECKED enum status oauth_token_gate(struct call *call);
CHECKED enum status oauth_token(struct call *call);
void oauth_token_ended(struct call *call);
CHECKED enum status oauth_revoke_gate(struct call *call);
CHECKED enum status oauth_revoke(struct call *call);
CHECKED enum status oauth_metadata(struct call *call);

/* me.c */
CHECKED enum status me_get(struct call *call);

/* appeals.c */
CHECKED enum status appeals_get_list(struct call *call);
CHECKED enum status appeals_post(struct call *call);
CHECKED enum status appeal_get(struct call *call);
CHECKED enum status appeal_patch(struct call *call);
CHECKED enum status appeal_delete(struct call *call);
CHECKED enum status appeal_take(struct call *call);
CHECKED enum status appeal_close(struct call *call);

/* messages.c */
CHECKED enum status messages_get_list(struct call *call);
CHECKED enum status messages_post(struct call *call);
CHECKED enum status message_send_again(struct call *call);

/* position.c: the records' epoch and newest event, in the snapshot of the call */
CHECKED enum status position_read(struct db *db, struct out_position *position_out);

/* live.c */
CHECKED enum status events_get(struct call *call);

/* health.c, metrics.c, openapi.c, pages.c */
CHECKED enum status healthz_get(struct call *call);
CHECKED enum status readyz_get(struct call *call);
CHECKED enum status readyz_down(struct call *call);
CHECKED enum status metrics_get(struct call *call);
CHECKED enum status openapi_get(struct call *call);
CHECKED enum status docs_get(struct call *call);
CHECKED enum status ui_config_get(struct call *call);
CHECKED enum status pages_get(struct call *call);

#endif
