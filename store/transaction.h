/* store/transaction.h -- one transaction of many changes: each is undone alone, one COMMIT, the
 * answers, the publication. On the writer thread. */
#ifndef STORE_TRANSACTION_H
#define STORE_TRANSACTION_H

struct store;

/* Takes a turn and runs what waits, at most BATCH_CHANGES_MAX changes or BATCH_US_MAX (less while
 * another process waits for the lock); all of them
 * are answered. */
void transaction_run(struct store *store);

#endif
