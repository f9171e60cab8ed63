/* ctl/employee.c -- employee add and employee list: the accounts of people who work here. */
#include "ctl/command.h"

#include "base/clock.h"
#include "base/password.h"
#include "ctl/args.h"
#include "ctl/reach.h"
#include "ctl/secret.h"
#include "store/employees.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

enum { LOGIN_BYTES_MAX = 64, NAME_BYTES_MAX = 200, GENERATED_CHARS = 16 };

/* ---- what is asked for ------------------------------------------------------------------- */

struct wish {
	const char *login, *role, *name, *language;
	bool generate;
};

static bool login_is_fine(struct str login)
{
	if (login.len == 0 || login.len > LOGIN_BYTES_MAX)
		return false;
	for (size_t i = 0; i < login.len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@",
			   login.data[i]) == NULL)
			return false;
	return true;
}

static enum status complain(const char *what)
{
	fprintf(stderr, "ecoctl: %s\n", what);
	return STATUS_BAD_INPUT;
}

static enum status language_parse(const char *name, enum lang *lang_out)
{
	for (enum lang lang = 0; lang < LANGS; lang++)
		if (strcmp(name, lang_name(lang)) == 0) {
			*lang_out = lang;
			return STATUS_OK;
		}
	return complain("--language must be ru or en");
}

static enum status wish_check(const struct wish *wish, struct employee *employee)
{
	employee->login = str_from_c(wish->login);
	employee->name = wish->name != NULL ? str_trim(str_from_c(wish->name)) : employee->login;
	if (!login_is_fine(employee->login))
		return complain("a login has 1 to 64 characters: letters, digits, . _ - @");
	if (employee->name.len == 0 || employee->name.len > NAME_BYTES_MAX ||
	    !str_is_utf8(employee->name))
		return complain("a name has 1 to 200 bytes");
	if (wish->role == NULL || role_parse(str_from_c(wish->role), &employee->role) != STATUS_OK)
		return complain("--role must be operator, lead, dispatcher, warehouse or admin");
	return wish->language == NULL ? STATUS_OK : language_parse(wish->language, &employee->lang);
}

static enum status wish_read(int argc, char **argv, struct wish *wish)
{
	const struct args_option options[] = {
		{ "--role", &wish->role, NULL },
		{ "--name", &wish->name, NULL },
		{ "--language", &wish->language, NULL },
		{ "--generate", NULL, &wish->generate },
	};
	const struct args_spec spec = { options, sizeof(options) / sizeof(*options), &wish->login,
					1 };

	return args_parse(&spec, argc, argv);
}

static enum status password_get(const struct wish *wish, struct arena *arena,
				struct str *password_out)
{
	enum status status = STATUS_OK;

	if (wish->generate)
		*password_out = password_random(arena, GENERATED_CHARS);
	else
		status = secret_read("Password", arena, password_out);
	if (status == STATUS_OK &&
	    (password_out->len < PASSWORD_BYTES_MIN || password_out->len > PASSWORD_BYTES_MAX))
		status = complain("a password has 8 to 256 bytes");
	return status;
}

/* ---- adding ------------------------------------------------------------------------------ */

static enum status employee_insert(struct db *db, void *arg)
{
	int64_t id;

	return employees_add(db, arg, (struct actor){ ACTOR_SYSTEM, 0 }, clock_wall_ms(), &id);
}

static int kept_say(const struct employee *employee, enum status status)
{
	if (status == STATUS_OK)
		return CTL_OK;
	if (status == STATUS_CONFLICT)
		fprintf(stderr, "ecoctl: the login %.*s is taken\n", STR_ARG(employee->login));
	else
		fprintf(stderr, "ecoctl: the employee could not be kept (%s)\n",
			status_name(status));
	return CTL_FAILED;
}

int employee_add_command(struct ctl *ctl, int argc, char **argv)
{
	struct wish wish = { 0 };
	struct employee employee = { .lang = LANG_RU, .enabled = true };
	struct str password;
	int code;

	if (wish_read(argc, argv, &wish) != STATUS_OK || wish_check(&wish, &employee) != STATUS_OK)
		return CTL_USAGE;
	if (password_get(&wish, &ctl->arena, &password) != STATUS_OK ||
	    password_hash(password, &ctl->arena, &employee.password_hash) != STATUS_OK)
		return CTL_FAILED;
	code = kept_say(&employee, reach_change(ctl, employee_insert, &employee));
	if (code != CTL_OK)
		return code;
	printf("%.*s (%s) can sign in now.\n", STR_ARG(employee.login), role_name(employee.role));
	if (wish.generate)
		printf("password: %.*s\n", STR_ARG(password));
	return CTL_OK;
}

/* ---- listing ----------------------------------------------------------------------------- */

static enum status list_read(struct ctl *ctl, struct employee **employees_out, size_t *count_out)
{
	const struct store_options options = { .dir = ctl->dir, .service = "ecoctl" };
	struct store *store;
	struct db *db;
	enum status status = store_open(&options, &store);

	if (status != STATUS_OK)
		return status;
	status = store_reader_open(store, &db);
	if (status == STATUS_OK) {
		status = employees_list(db, &ctl->arena, employees_out, count_out);
		store_reader_close(db);
	}
	store_close(store);
	return status;
}

int employee_list_command(struct ctl *ctl, int argc, char **argv)
{
	const struct args_spec spec = { 0 };
	struct employee *employees;
	size_t count = 0;

	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	if (list_read(ctl, &employees, &count) != STATUS_OK) {
		fprintf(stderr, "ecoctl: the records could not be read\n");
		return CTL_FAILED;
	}
	for (size_t i = 0; i < count; i++)
		printf("%-20.*s %-11s %-3s %-9s %.*s\n", STR_ARG(employees[i].login),
		       role_name(employees[i].role), lang_name(employees[i].lang),
		       employees[i].enabled ? "enabled" : "disabled", STR_ARG(employees[i].name));
	return CTL_OK;
}
