/* domain/texts.c -- the table of the support bot's words. */
#include "domain/texts.h"

#include "base/buf.h"

#include <assert.h>

/* clang-format off */
static const char *const texts[TEXT_KEYS][LANGS] = {
	[TEXT_WELCOME] = {
		"Здравствуйте! Это поддержка EcoScooter.\n\nОпишите, что случилось, одним или несколькими сообщениями, и оператор ответит здесь же.\n\nМы храним переписку, чтобы помочь вам. Подробнее: /privacy",
		"Hello! This is EcoScooter support.\n\nTell us what happened, in one message or several, and an operator will answer right here.\n\nWe keep the conversation in order to help you. More: /privacy" },
	[TEXT_HELP] = {
		"Просто напишите, что случилось: номер самоката, место, что не работает. Оператор ответит в этом чате.",
		"Just write what happened: the scooter's number, the place, what does not work. An operator will answer in this chat." },
	[TEXT_PRIVACY] = {
		"Мы храним ваше имя в Telegram и переписку с поддержкой, чтобы решить вопрос и улучшать сервис. Третьим лицам не передаём. Чтобы удалить обращение, напишите об этом оператору.",
		"We keep your Telegram name and the conversation with support, to solve your question and to improve the service. We pass nothing to third parties. To have an appeal deleted, tell the operator." },
	[TEXT_RECEIVED] = {
		"Обращение №%1 принято. Оператор скоро ответит. Можно дописать подробности, мы всё увидим.",
		"Your appeal #%1 is registered. An operator will answer soon. Feel free to add details, we will see them all." },
	[TEXT_TAKEN] = {
		"К вам подключился оператор: %1.",
		"%1 has joined and is looking into it." },
	[TEXT_CLOSING] = {
		"Оператор считает вопрос решённым. Если это не так, напишите или нажмите кнопку в течение %1, иначе обращение закроется само.",
		"The operator believes this is solved. If it is not, write or press the button within %1, otherwise the appeal will be closed." },
	[TEXT_CLOSED_SOLVED] = {
		"Рады, что всё решилось! Обращение закрыто. Если снова понадобится помощь, просто напишите.",
		"Glad it is solved! The appeal is closed. If you need help again, just write." },
	[TEXT_CLOSED_TIMER] = {
		"Обращение закрыто. Если снова понадобится помощь, просто напишите.",
		"The appeal is closed. If you need help again, just write." },
	[TEXT_RETURNED] = {
		"Хорошо, продолжаем. Напишите, что осталось решить.",
		"All right, we go on. Tell us what is still open." },
	[TEXT_UNSUPPORTED] = {
		"Такие сообщения мы пока не умеем принимать. Пожалуйста, опишите словами.",
		"We can't take this kind of message yet. Please describe it in words." },
	[TEXT_TOO_LATE] = {
		"Это обращение уже закрыто или снова в работе.",
		"This appeal is already closed, or open again." },
	[TEXT_TOAST_SOLVED] = { "Спасибо! Обращение закрыто.", "Thank you! The appeal is closed." },
	[TEXT_TOAST_RETURNED] = { "Хорошо, продолжаем.", "All right, we go on." },
	[TEXT_BUTTON_SOLVED] = { "Вопрос решён", "Problem solved" },
	[TEXT_BUTTON_NEED_HELP] = { "Нужна ещё помощь", "Still need help" },
	[TEXT_COMMAND_START] = { "Начать", "Start" },
	[TEXT_COMMAND_HELP] = { "Как это работает", "How it works" },
	[TEXT_COMMAND_PRIVACY] = { "Что мы храним", "What we keep" },
};
/* clang-format on */

struct str text_of(enum text_key key, enum lang lang)
{
	assert(texts[key][lang] != NULL);
	return str_from_c(texts[key][lang]);
}

struct str text_with(enum text_key key, enum lang lang, struct str value, struct arena *arena)
{
	struct str text = text_of(key, lang);
	struct buf buf = buf_in(arena);

	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.data[i] == '%' && text.data[i + 1] == '1') {
			buf_add(&buf, (struct str){ text.data, i });
			buf_add(&buf, value);
			text = str_skip(text, i + 2);
			break;
		}
	buf_add(&buf, text);
	return buf_str(&buf);
}

/* After "within" / "в течение" (genitive): 1 минуты, 2 минут, 21 минуты. */
struct str text_minutes(int64_t seconds, enum lang lang, struct arena *arena)
{
	int64_t minutes = (seconds + 59) / 60;
	bool one = minutes % 10 == 1 && minutes % 100 != 11;

	if (lang == LANG_RU)
		return str_format(arena, "%lld %s", (long long)minutes, one ? "минуты" : "минут");
	return str_format(arena, "%lld %s", (long long)minutes,
			  minutes == 1 ? "minute" : "minutes");
}
