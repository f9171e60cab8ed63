/* ctl/rota_file.h -- the rota's problem and answer as JSON files; docs/rota.md has the format. */
#ifndef CTL_ROTA_FILE_H
#define CTL_ROTA_FILE_H

#include "base/buf.h"
#include "ctl/rota_ids.h"
#include "ctl/rota_json.h"
#include "domain/rota.h"

/* A problem and the names its numbers stand for. */
struct rota_file {
	struct rota_problem problem;
	struct rota_ids shifts, slots, couriers, zones, skills;
};

/* Everything is copied into reader's arena. BAD_INPUT: reader->fault says where. */
CHECKED enum status rota_problem_read(struct reader *reader, FILE *in, struct rota_file *file_out);
CHECKED enum status rota_answer_read(struct reader *reader, FILE *in, const struct rota_file *file,
				     struct rota_answer *answer_out);
/* Only the assignments: a rota to go on from. */
CHECKED enum status rota_assigned_read(struct reader *reader, FILE *in,
				       const struct rota_file *file, struct rota_past *past_out);
void rota_answer_write(const struct rota_file *file, const struct rota_answer *answer,
		       struct buf *out);

#endif
