/* domain/rota_sum.h -- exact sums of fractions whose denominators are weights; for the rota. */
#ifndef DOMAIN_ROTA_SUM_H
#define DOMAIN_ROTA_SUM_H

#include "domain/rota.h"

/* The one type beyond ISO C: squares of thousandths outgrow 64 bits. */
__extension__ typedef __int128 rota_wide;

/* Sum of by_weight[w] / w, in millionths of a squared point. */
struct rota_sum {
	rota_wide *by_weight; /* [ROTA_WEIGHT_MAX + 1] */
};

struct rota_sum rota_sum_new(struct arena *arena);
void rota_sum_add(struct rota_sum *sum, int32_t weight, rota_wide millionths);
/* (history + load)^2 / weight */
void rota_sum_add_square(struct rota_sum *sum, const struct rota_courier *who, int64_t load_milli);
/* "p/q" in lowest terms, in points squared; q is 1 for whole numbers. */
struct str rota_sum_text(const struct rota_sum *sum, struct arena *arena);
/* How far `sum` lies above `floor`, as a share of it; for people. */
double rota_sum_gap(const struct rota_sum *sum, const struct rota_sum *floor);
/* sum - floor, in points squared; exact enough to show, not to decide. */
double rota_sum_excess(const struct rota_sum *sum, const struct rota_sum *floor);

#endif
