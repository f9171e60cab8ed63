/* domain/rota_sum.c -- large numbers by hand: add, times, by; nothing more is needed here. */
#include "domain/rota_sum.h"

#include "base/buf.h"

#include <string.h>

enum {
	MILLION = 1000000,
	LIMBS_MAX = 520, /* the least common multiple of 1 .. 10000, a million and a wide number */
	BASE_DIGITS = 9,
	BASE = 1000000000,
};

struct big {
	uint32_t limb[LIMBS_MAX]; /* the lowest first */
	int32_t count;
};

struct rota_sum rota_sum_new(struct arena *arena)
{
	return (struct rota_sum){ arena_array(arena, ROTA_WEIGHT_MAX + 1, sizeof(rota_wide)) };
}

void rota_sum_add(struct rota_sum *sum, int32_t weight, rota_wide millionths)
{
	sum->by_weight[weight] += millionths;
}

void rota_sum_add_square(struct rota_sum *sum, const struct rota_courier *who, int64_t load_milli)
{
	rota_wide total = who->history_milli + load_milli;

	rota_sum_add(sum, who->weight, total * total);
}

static long double sum_value(const struct rota_sum *sum, const struct rota_sum *minus)
{
	long double value = 0;

	for (int32_t w = 1; w <= ROTA_WEIGHT_MAX; w++) {
		rota_wide part = sum->by_weight[w];

		if (minus != NULL)
			part -= minus->by_weight[w];
		value += (long double)part / (long double)w;
	}
	return value / MILLION;
}

double rota_sum_excess(const struct rota_sum *sum, const struct rota_sum *floor)
{
	return (double)sum_value(sum, floor);
}

double rota_sum_gap(const struct rota_sum *sum, const struct rota_sum *floor)
{
	long double above = sum_value(sum, floor), least = sum_value(floor, NULL);

	return (double)(least > 0 ? above / least : above);
}

/* ---- large numbers ----------------------------------------------------------------------- */

static void big_trim(struct big *a)
{
	while (a->count > 0 && a->limb[a->count - 1] == 0)
		a->count--;
}

static void big_times(struct big *a, uint32_t factor)
{
	uint64_t carry = 0;

	for (int32_t i = 0; i < a->count; i++) {
		carry += (uint64_t)a->limb[i] * factor;
		a->limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry > 0)
		a->limb[a->count++] = (uint32_t)carry;
}

/* Returns what is left over. */
static uint32_t big_by(struct big *a, uint32_t divisor)
{
	uint64_t rest = 0;

	for (int32_t i = a->count - 1; i >= 0; i--) {
		rest = rest << 32 | a->limb[i];
		a->limb[i] = (uint32_t)(rest / divisor);
		rest %= divisor;
	}
	big_trim(a);
	return (uint32_t)rest;
}

/* a += b * factor, from the limb `shift` on */
static void big_add_times(struct big *a, const struct big *b, uint32_t factor, int32_t shift)
{
	uint64_t carry = 0;
	int32_t i = 0;

	if (factor == 0)
		return;
	for (; i < b->count || carry > 0; i++) {
		if (i + shift >= a->count) {
			while (a->count <= i + shift)
				a->limb[a->count++] = 0;
		}
		carry += a->limb[i + shift];
		if (i < b->count)
			carry += (uint64_t)b->limb[i] * factor;
		a->limb[i + shift] = (uint32_t)carry;
		carry >>= 32;
	}
}

static int big_compare(const struct big *a, const struct big *b)
{
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (int32_t i = a->count - 1; i >= 0; i--)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

/* a -= b, where a >= b */
static void big_minus(struct big *a, const struct big *b)
{
	int64_t borrow = 0;

	for (int32_t i = 0; i < a->count; i++) {
		borrow += (int64_t)a->limb[i] - (i < b->count ? b->limb[i] : 0);
		a->limb[i] = (uint32_t)borrow;
		borrow >>= 32;
	}
	big_trim(a);
}

static bool big_is_by(const struct big *a, uint32_t divisor)
{
	uint64_t rest = 0;

	for (int32_t i = a->count - 1; i >= 0; i--)
		rest = (rest << 32 | a->limb[i]) % divisor;
	return rest == 0;
}

static bool big_try_by(struct big *a, struct big *b, uint32_t divisor)
{
	if (!big_is_by(b, divisor) || !big_is_by(a, divisor))
		return false;
	return big_by(a, divisor) == 0 && big_by(b, divisor) == 0;
}

static void big_write(struct big *a, struct buf *buf)
{
	uint32_t *digits = arena_array(buf->arena, (size_t)LIMBS_MAX * 2, sizeof(*digits));
	int32_t count = 0;

	do
		digits[count++] = big_by(a, BASE);
	while (a->count > 0);
	buf_add_int(buf, digits[--count]);
	while (count > 0)
		buf_format(buf, "%0*u", BASE_DIGITS, digits[--count]);
}

/* ---- fractions --------------------------------------------------------------------------- */

static uint32_t common_divisor(rota_wide a, uint32_t b)
{
	uint32_t rest = (uint32_t)((a < 0 ? -a : a) % b);

	while (rest != 0) {
		uint32_t next = b % rest;

		b = rest;
		rest = next;
	}
	return b;
}

/* Makes `multiple` divisible by `divisor`, by nothing more than it takes. */
static void multiple_widen(struct big *multiple, uint32_t divisor)
{
	struct big copy = *multiple;
	uint32_t rest = big_by(&copy, divisor);

	if (rest != 0)
		big_times(multiple, divisor / common_divisor(rest, divisor));
}

struct fraction {
	struct big up, down, minus; /* (up - minus) / down */
};

static void fraction_add(struct fraction *sum, rota_wide millionths, int32_t weight)
{
	struct big share = sum->down;
	rota_wide size = millionths < 0 ? -millionths : millionths;

	big_by(&share, (uint32_t)weight);
	for (int32_t i = 0; size > 0; i++, size >>= 32)
		big_add_times(millionths < 0 ? &sum->minus : &sum->up, &share, (uint32_t)size, i);
}

static void fraction_reduce(struct fraction *sum)
{
	for (uint32_t prime = 2; prime <= ROTA_WEIGHT_MAX; prime++)
		while (big_try_by(&sum->up, &sum->down, prime))
			;
}

struct str rota_sum_text(const struct rota_sum *sum, struct arena *arena)
{
	struct fraction *total = ARENA_NEW(arena, struct fraction);
	struct buf buf = buf_in(arena);

	total->down = (struct big){ .limb = { 1 }, .count = 1 };
	for (int32_t w = 1; w <= ROTA_WEIGHT_MAX; w++)
		if (sum->by_weight[w] != 0)
			multiple_widen(&total->down, (uint32_t)w);
	for (int32_t w = 1; w <= ROTA_WEIGHT_MAX; w++)
		if (sum->by_weight[w] != 0)
			fraction_add(total, sum->by_weight[w], w);
	if (big_compare(&total->up, &total->minus) < 0) {
		struct big kept = total->up;

		total->up = total->minus;
		total->minus = kept;
		buf_add_c(&buf, "-");
	}
	big_minus(&total->up, &total->minus);
	if (total->up.count == 0)
		return STR("0/1");
	big_times(&total->down, MILLION);
	fraction_reduce(total);
	big_write(&total->up, &buf);
	buf_add_c(&buf, "/");
	big_write(&total->down, &buf);
	return buf_str(&buf);
}
