/* domain/rota_solve.h -- what planning and replanning share; for the rota's own files. */
#ifndef DOMAIN_ROTA_SOLVE_H
#define DOMAIN_ROTA_SOLVE_H

#include "domain/rota_core.h"
#include "domain/rota_rest.h"
#include "domain/rota_sum.h"

/* The core's optimum, kept while the net goes on. */
struct rota_kept {
	struct rota_sum cost;
	struct rota_proof proof;
	struct rota_group *groups;
	int64_t missing_all;
	int32_t *load;
};

/* Solves the net's core, builds the proof and keeps both. */
void rota_kept_solve(struct rota_net *net, struct arena *arena, struct rota_kept *kept_out);

/* The answer for `asked`, the problem before anything was frozen in it. */
void rota_answer_fill(const struct rota_problem *asked, struct rota_net *net,
		      struct rota_kept *kept, struct arena *arena, struct rota_answer *answer);

/* Where points differ: two couriers at a time hand over or swap a shift, as long as that evens out
 * what they carry. Good, not proven best; the bound tells how good. */
void rota_weigh(struct rota_rest *rest, struct arena *arena);

/* As many wishes as can be met among rotas that are equally full and even; without rest rules this
 * is exact (true), as long as the work does not run out. */
bool rota_wishes_trim(struct rota_net *net, struct arena *arena);

bool rota_points_are_equal(const struct rota_problem *problem);

#endif
