// web/src/texts.js -- every word the dashboard says, Russian and English side by side.

// A row holds a string per language, or its plural forms: Russian one, few, many; English one,
// other. {name} is filled from the parameters; {n} chooses the plural form.
// checkTexts() holds the table to that at start-up and in the tests.
export const LANGUAGES = ['ru', 'en'];

export const TEXTS = {
	'app.name': { ru: 'EcoScooter Support', en: 'EcoScooter Support' },
	'app.starting': { ru: 'Открываем рабочее место…', en: 'Opening your desk…' },
	'app.unreachable': { ru: 'Сервер не отвечает. Пробуем снова…', en: 'The server does not answer. Trying again…' },
	'app.retry': { ru: 'Повторить', en: 'Try again' },
	'app.cancel': { ru: 'Отмена', en: 'Cancel' },
	'app.dismiss': { ru: 'Скрыть', en: 'Dismiss' },
	'app.skip': { ru: 'К переписке', en: 'Skip to the conversation' },
	'access.none': { ru: 'У вашей роли нет доступа к обращениям.', en: 'Your role has no access to appeals.' },
	'page.missing': { ru: 'Такой страницы нет', en: 'There is no such page' },
	'page.to-inbox': { ru: 'К обращениям', en: 'To the appeals' },

	'login.title': { ru: 'Вход для сотрудников', en: 'Staff sign-in' },
	'login.lead': { ru: 'Служба поддержки проката самокатов', en: 'The support desk of the scooter rental' },
	'login.name': { ru: 'Логин', en: 'Login' },
	'login.password': { ru: 'Пароль', en: 'Password' },
	'login.show': { ru: 'Показать пароль', en: 'Show password' },
	'login.hide': { ru: 'Скрыть пароль', en: 'Hide password' },
	'login.submit': { ru: 'Войти', en: 'Sign in' },
	'login.busy': { ru: 'Входим…', en: 'Signing in…' },
	'login.wrong': { ru: 'Неверный логин или пароль. Проверьте раскладку и Caps Lock.', en: 'Wrong login or password. Check your keyboard layout and Caps Lock.' },
	'login.empty': { ru: 'Введите логин и пароль.', en: 'Enter your login and password.' },
	'login.too-many': { ru: 'Слишком много попыток. Попробуйте снова через {time}.', en: 'Too many attempts. Try again in {time}.' },
	'login.unreachable': { ru: 'Сервер недоступен. Проверьте сеть и попробуйте ещё раз.', en: 'The server cannot be reached. Check your network and try again.' },
	'login.failed': { ru: 'Войти не удалось: {detail}', en: 'Sign-in failed: {detail}' },
	'login.expired': { ru: 'Сеанс завершён. Войдите снова: черновики сохранены.', en: 'Your session has ended. Sign in again: your drafts are kept.' },
	'login.signed-out': { ru: 'Вы вышли.', en: 'You are signed out.' },

	'nav.label': { ru: 'Разделы', en: 'Sections' },
	'nav.appeals': { ru: 'Обращения', en: 'Appeals' },
	'nav.sandbox': { ru: 'Песочница: телефон клиента', en: 'Sandbox: the customer’s phone' },
	'nav.docs': { ru: 'Документация API', en: 'API documentation' },
	'nav.help': { ru: 'Клавиши', en: 'Keyboard help' },
	'nav.logout': { ru: 'Выйти', en: 'Sign out' },
	'nav.signed-in-as': { ru: 'Вы вошли как {name}', en: 'Signed in as {name}' },
	'lang.switch': { ru: 'Switch to English', en: 'Переключить на русский' },
	'lang.other': { ru: 'EN', en: 'RU' },
	'theme.to-dark': { ru: 'Тёмная тема', en: 'Dark theme' },
	'theme.to-light': { ru: 'Светлая тема', en: 'Light theme' },
	'sound.on': { ru: 'Включить звук', en: 'Turn sound on' },
	'sound.off': { ru: 'Выключить звук', en: 'Turn sound off' },

	'link.live': { ru: 'На связи', en: 'Live' },
	'link.catching-up': { ru: 'Догоняем', en: 'Catching up' },
	'link.offline': { ru: 'Нет связи', en: 'Offline' },
	'link.live.hint': { ru: 'Всё, что видно, — текущее состояние', en: 'What you see is the present state' },
	'link.catching-up.hint': { ru: 'Связь есть, загружаем пропущенное', en: 'Connected, loading what was missed' },
	'link.offline.hint': { ru: 'Экран может отставать. Соединяемся снова…', en: 'The screen may be behind. Reconnecting…' },

	'inbox.title': { ru: 'Обращения', en: 'Appeals' },
	'inbox.tabs': { ru: 'Списки обращений', en: 'Lists of appeals' },
	'inbox.tab.mine': { ru: 'Мои', en: 'Mine' },
	'inbox.tab.queue': { ru: 'Очередь', en: 'Queue' },
	'inbox.tab.work': { ru: 'В работе', en: 'In work' },
	'inbox.tab.closed': { ru: 'Закрытые', en: 'Closed' },
	'inbox.empty.mine': { ru: 'У вас нет открытых обращений', en: 'You have no open appeals' },
	'inbox.empty.mine.hint': { ru: 'Возьмите обращение из очереди — оно появится здесь.', en: 'Take one from the queue and it appears here.' },
	'inbox.empty.queue': { ru: 'Очередь пуста', en: 'The queue is empty' },
	'inbox.empty.queue.hint': { ru: 'Все клиенты в надёжных руках.', en: 'Every customer is being looked after.' },
	'inbox.empty.work': { ru: 'Сейчас никто не в работе', en: 'Nothing is in work right now' },
	'inbox.empty.work.hint': { ru: 'Здесь видны открытые обращения всех операторов.', en: 'Open appeals of all operators show here.' },
	'inbox.empty.closed': { ru: 'Закрытых обращений пока нет', en: 'No closed appeals yet' },
	'inbox.empty.closed.hint': { ru: 'После закрытия обращение остаётся здесь навсегда.', en: 'Once closed, an appeal stays here for good.' },
	'inbox.to-queue': { ru: 'Открыть очередь', en: 'Open the queue' },
	'inbox.failed': { ru: 'Список не загрузился', en: 'The list did not load' },
	'inbox.more': { ru: 'Загружаем ещё…', en: 'Loading more…' },
	'inbox.end': { ru: { one: 'Всего {n} обращение', few: 'Всего {n} обращения', many: 'Всего {n} обращений' }, en: { one: '{n} appeal in all', other: '{n} appeals in all' } },
	'inbox.pick': { ru: 'Выберите обращение', en: 'Choose an appeal' },
	'inbox.pick.hint': { ru: 'Переписка откроется здесь. Между обращениями удобно ходить клавишами J и K.', en: 'The conversation opens here. Keys J and K walk through the appeals.' },
	'row.number': { ru: '№ {number}', en: 'No. {number}' },
	'row.draft': { ru: 'Черновик', en: 'Draft' },
	'row.unread': { ru: 'Есть непрочитанное', en: 'Unread' },
	'row.you': { ru: 'Вы', en: 'You' },
	'row.operator': { ru: 'Оператор', en: 'Operator' },
	'row.bot': { ru: 'Бот', en: 'Bot' },
	'row.no-messages': { ru: 'Сообщений пока нет', en: 'No messages yet' },
	'row.unassigned': { ru: 'Без оператора', en: 'Unassigned' },

	'state.new': { ru: 'Новое', en: 'New' },
	'state.in_work': { ru: 'В работе', en: 'In work' },
	'state.closing': { ru: 'Закрывается', en: 'Closing' },
	'state.closed': { ru: 'Закрыто', en: 'Closed' },

	'wait.label': { ru: 'Ждёт ответа: {time}', en: 'Waiting for an answer: {time}' },
	'wait.now': { ru: '< 1 мин', en: '< 1 min' },
	'wait.minutes': { ru: '{n} мин', en: '{n} min' },
	'wait.hours': { ru: '{n} ч', en: '{n} h' },
	'wait.days': { ru: '{n} дн', en: '{n} d' },
	'wait.words.now': { ru: 'меньше минуты', en: 'less than a minute' },
	'wait.words.minutes': { ru: { one: '{n} минуту', few: '{n} минуты', many: '{n} минут' }, en: { one: '{n} minute', other: '{n} minutes' } },
	'wait.words.hours': { ru: { one: '{n} час', few: '{n} часа', many: '{n} часов' }, en: { one: '{n} hour', other: '{n} hours' } },
	'wait.words.days': { ru: { one: '{n} день', few: '{n} дня', many: '{n} дней' }, en: { one: '{n} day', other: '{n} days' } },
	'wait.words.seconds': { ru: { one: '{n} секунду', few: '{n} секунды', many: '{n} секунд' }, en: { one: '{n} second', other: '{n} seconds' } },

	'chat.label': { ru: 'Переписка', en: 'Conversation' },
	'chat.back': { ru: 'К списку', en: 'Back to the list' },
	'chat.info': { ru: 'О клиенте', en: 'About the customer' },
	'chat.missing': { ru: 'Обращения с таким адресом нет', en: 'There is no appeal at this address' },
	'chat.missing.hint': { ru: 'Возможно, его удалили или ссылка неполная.', en: 'It may have been deleted, or the link is incomplete.' },
	'chat.failed': { ru: 'Переписка не загрузилась', en: 'The conversation did not load' },
	'chat.empty': { ru: 'В этом обращении ещё нет сообщений', en: 'This appeal has no messages yet' },
	'chat.older': { ru: 'Показать более ранние', en: 'Show earlier messages' },
	'chat.loading-older': { ru: 'Загружаем более ранние…', en: 'Loading earlier messages…' },
	'chat.new-below': { ru: { one: '{n} новое сообщение', few: '{n} новых сообщения', many: '{n} новых сообщений' }, en: { one: '{n} new message', other: '{n} new messages' } },
	'chat.to-bottom': { ru: 'К последнему сообщению', en: 'To the latest message' },
	'day.today': { ru: 'Сегодня', en: 'Today' },
	'day.yesterday': { ru: 'Вчера', en: 'Yesterday' },

	'subject.empty': { ru: 'Добавить тему', en: 'Add a subject' },
	'subject.edit': { ru: 'Изменить тему', en: 'Edit the subject' },
	'subject.label': { ru: 'Тема обращения', en: 'Subject of the appeal' },

	'action.take': { ru: 'Взять в работу', en: 'Take' },
	'action.take-over': { ru: 'Забрать себе', en: 'Take over' },
	'action.close': { ru: 'Закрыть', en: 'Close' },
	'action.resume': { ru: 'Вернуть в работу', en: 'Keep open' },
	'action.to-queue': { ru: 'Вернуть в очередь', en: 'Return to the queue' },
	'action.delete': { ru: 'Удалить обращение', en: 'Delete the appeal' },
	'action.more': { ru: 'Другие действия', en: 'More actions' },
	'action.copy-number': { ru: 'Скопировать номер', en: 'Copy the number' },
	'action.copied': { ru: 'Номер скопирован', en: 'Number copied' },
	'action.failed': { ru: 'Не получилось: {detail}', en: 'That did not work: {detail}' },
	'confirm.delete.title': { ru: 'Удалить обращение № {number}?', en: 'Delete appeal No. {number}?' },
	'confirm.delete.text': { ru: 'Тексты переписки будут стёрты без возврата. Номер останется занятым, а удаление попадёт в журнал.', en: 'The texts will be erased for good. The number stays taken, and the deletion is put on record.' },
	'confirm.delete.yes': { ru: 'Удалить навсегда', en: 'Delete for good' },
	'deleted.done': { ru: 'Обращение № {number} удалено', en: 'Appeal No. {number} is deleted' },

	'closing.left': { ru: 'Закроется через', en: 'Closes in' },
	'closing.hint': { ru: ', если клиент не напишет', en: ' unless the customer writes' },
	'closing.due': { ru: 'Время вышло, обращение закрывается…', en: 'Time is up, the appeal is being closed…' },

	'event.opened': { ru: 'Обращение № {number} открыто', en: 'Appeal No. {number} opened' },
	'event.taken': { ru: 'В работе у оператора {name}', en: 'Taken by {name}' },
	'event.closing': { ru: 'Оператор завершает обращение', en: 'The operator is closing the appeal' },
	'event.returned': { ru: 'Обращение возвращено в работу', en: 'The appeal is back in work' },
	'event.queued': { ru: 'Обращение возвращено в очередь', en: 'The appeal is back in the queue' },
	'event.closed.customer': { ru: 'Клиент подтвердил: вопрос решён', en: 'The customer confirmed: problem solved' },
	'event.closed.timer': { ru: 'Закрыто: клиент не ответил в срок', en: 'Closed: no reply from the customer in time' },
	'event.closed.employee': { ru: 'Закрыто оператором', en: 'Closed by the operator' },
	'event.closed': { ru: 'Обращение закрыто', en: 'The appeal is closed' },

	'message.edited': { ru: 'изменено', en: 'edited' },
	'message.versions': { ru: 'Прежние тексты', en: 'Earlier texts' },
	'message.unsupported': { ru: 'Такие сообщения здесь пока не показываются', en: 'This kind of message is not shown here yet' },
	'content.sticker': { ru: 'Стикер', en: 'Sticker' },
	'content.photo': { ru: 'Фото', en: 'Photo' },
	'content.voice': { ru: 'Голосовое сообщение', en: 'Voice message' },
	'content.video': { ru: 'Видео', en: 'Video' },
	'content.video_note': { ru: 'Видеосообщение', en: 'Video message' },
	'content.animation': { ru: 'Анимация', en: 'Animation' },
	'content.audio': { ru: 'Аудио', en: 'Audio' },
	'content.document': { ru: 'Файл', en: 'File' },
	'content.contact': { ru: 'Контакт', en: 'Contact' },
	'content.venue': { ru: 'Место', en: 'Place' },
	'content.location': { ru: 'Геопозиция', en: 'Location' },
	'content.poll': { ru: 'Опрос', en: 'Poll' },
	'content.dice': { ru: 'Кубик', en: 'Dice' },
	'content.game': { ru: 'Игра', en: 'Game' },
	'content.story': { ru: 'История', en: 'Story' },
	'content.other': { ru: 'Сообщение другого вида', en: 'Another kind of message' },
	'message.from.customer': { ru: 'Клиент', en: 'Customer' },
	'message.from.employee': { ru: 'Оператор', en: 'Operator' },
	'message.from.bot': { ru: 'Бот, автоматически', en: 'Bot, automatic' },
	'message.from.system': { ru: 'Система', en: 'System' },
	'delivery.pending': { ru: 'Передаём на сервер…', en: 'Handing over to the server…' },
	'delivery.retrying': { ru: 'Нет связи с сервером. Текст сохранён, отправим сами', en: 'No link to the server. The text is kept and will be sent' },
	'delivery.refused': { ru: 'Сервер не принял: {detail}', en: 'The server refused it: {detail}' },
	'delivery.queued': { ru: 'В очереди на отправку', en: 'Queued for sending' },
	'delivery.sending': { ru: 'Отправляется', en: 'Being sent' },
	'delivery.sent': { ru: 'Доставлено в Telegram', en: 'Delivered to Telegram' },
	'delivery.failed': { ru: 'Не доставлено: {reason}', en: 'Not delivered: {reason}' },
	'delivery.unknown': { ru: 'Доставка не подтверждена', en: 'Delivery not confirmed' },
	'delivery.unknown.hint': { ru: 'Клиент мог получить это сообщение. Если отправить ещё раз, оно может прийти дважды.', en: 'The customer may have got this message. Sending it again may show it twice.' },
	'delivery.again': { ru: 'Отправить ещё раз', en: 'Send again' },
	'delivery.edit': { ru: 'Изменить', en: 'Edit' },
	'delivery.discard': { ru: 'Не отправлять', en: 'Do not send' },
	'reason.blocked': { ru: 'клиент заблокировал бота', en: 'the customer blocked the bot' },
	'reason.unreachable': { ru: 'бот сейчас не может написать клиенту', en: 'the bot cannot write to the customer now' },
	'reason.network': { ru: 'нет связи с Telegram', en: 'no connection to Telegram' },
	'reason.deactivated': { ru: 'аккаунт клиента удалён', en: 'the customer’s account is deleted' },
	'reason.no-chat': { ru: 'чат с клиентом не найден', en: 'the chat with the customer was not found' },
	'reason.not-started': { ru: 'клиент ещё не писал боту', en: 'the customer has not written to the bot yet' },
	'reason.too-long': { ru: 'текст слишком длинный', en: 'the text is too long' },
	'reason.empty': { ru: 'текст пуст', en: 'the text is empty' },
	'reason.rate': { ru: 'Telegram просит подождать', en: 'Telegram asks to wait' },
	'reason.token': { ru: 'Telegram не принимает токен бота', en: 'Telegram refuses the bot’s token' },
	'reason.other': { ru: '{reason}', en: '{reason}' },
	'reason.none': { ru: 'причина неизвестна', en: 'the reason is not known' },

	'composer.label': { ru: 'Ответ клиенту', en: 'Answer to the customer' },
	'composer.placeholder': { ru: 'Напишите ответ…', en: 'Write an answer…' },
	'composer.placeholder.new': { ru: 'Ответить и взять в работу…', en: 'Answer and take…' },
	'composer.hint': { ru: 'Enter — отправить, Shift+Enter — новая строка', en: 'Enter sends, Shift+Enter starts a new line' },
	'composer.send': { ru: 'Отправить', en: 'Send' },
	'composer.left': { ru: { one: 'Остался {n} знак', few: 'Осталось {n} знака', many: 'Осталось {n} знаков' }, en: { one: '{n} character left', other: '{n} characters left' } },
	'composer.over': { ru: { one: 'Лишний {n} знак', few: 'Лишних {n} знака', many: 'Лишних {n} знаков' }, en: { one: '{n} character too many', other: '{n} characters too many' } },
	'composer.others': { ru: 'Клиенту отвечает {name}.', en: '{name} is answering this customer.' },
	'composer.read-only': { ru: 'У вас нет права отвечать клиентам.', en: 'You have no right to answer customers.' },

	'first.title': { ru: 'Обращение закрыто', en: 'This appeal is closed' },
	'first.hint': { ru: 'Можно написать клиенту первым: откроется новое обращение.', en: 'You can write first: that opens a new appeal.' },
	'first.placeholder': { ru: 'Первое сообщение клиенту…', en: 'First message to the customer…' },
	'first.send': { ru: 'Написать первым', en: 'Write first' },
	'first.busy': { ru: 'Открываем…', en: 'Opening…' },
	'first.conflict': { ru: 'У клиента уже есть открытое обращение.', en: 'The customer already has an open appeal.' },
	'first.open-it': { ru: 'Перейти к нему', en: 'Go to it' },

	'customer.title': { ru: 'Клиент', en: 'Customer' },
	'customer.hide': { ru: 'Скрыть', en: 'Hide' },
	'customer.username': { ru: 'Имя в Telegram', en: 'Telegram name' },
	'customer.no-username': { ru: 'не указано', en: 'not set' },
	'customer.language': { ru: 'Язык', en: 'Language' },
	'customer.language.ru': { ru: 'Русский', en: 'Russian' },
	'customer.language.en': { ru: 'Английский', en: 'English' },
	'customer.reach': { ru: 'Доставка', en: 'Delivery' },
	'customer.reachable': { ru: 'возможна', en: 'possible' },
	'customer.blocked': { ru: 'бот остановлен', en: 'bot blocked' },
	'customer.banner': { ru: 'Клиент остановил бота: сообщения сейчас не дойдут. Связь вернётся, когда он напишет сам.', en: 'The customer blocked the bot: messages will not arrive now. The link returns once they write.' },
	'customer.appeal': { ru: 'Это обращение', en: 'This appeal' },
	'customer.opened': { ru: 'Открыто', en: 'Opened' },
	'customer.taken': { ru: 'Взято', en: 'Taken' },
	'customer.closed': { ru: 'Закрыто', en: 'Closed' },
	'customer.operator': { ru: 'Оператор', en: 'Operator' },
	'customer.messages': { ru: 'Сообщений', en: 'Messages' },
	'customer.previous': { ru: 'Предыдущее обращение', en: 'Previous appeal' },
	'customer.past': { ru: 'Другие обращения', en: 'Other appeals' },
	'customer.past.none': { ru: 'Это первое обращение клиента', en: 'This is the customer’s first appeal' },
	'customer.past.failed': { ru: 'Не загрузилось', en: 'Did not load' },
	'customer.past.more': { ru: 'Показать ещё', en: 'Show more' },
	'count.appeals': { ru: { one: '{n} обращение', few: '{n} обращения', many: '{n} обращений' }, en: { one: '{n} appeal', other: '{n} appeals' } },

	'help.title': { ru: 'Клавиши', en: 'Keyboard' },
	'help.close': { ru: 'Закрыть справку', en: 'Close help' },
	'help.letters': { ru: 'Клавиши из одной буквы', en: 'Single-letter keys' },
	'help.letters.hint': { ru: 'Работают вне полей ввода и в любой раскладке', en: 'Work outside of inputs, in any keyboard layout' },
	'key.help': { ru: 'Эта справка', en: 'This help' },
	'key.next': { ru: 'Следующее обращение', en: 'Next appeal' },
	'key.previous': { ru: 'Предыдущее обращение', en: 'Previous appeal' },
	'key.reply': { ru: 'Перейти к ответу', en: 'Go to the answer' },
	'key.take': { ru: 'Взять в работу', en: 'Take the appeal' },
	'key.close': { ru: 'Закрыть обращение', en: 'Close the appeal' },
	'key.leave': { ru: 'Выйти из поля, затем к списку', en: 'Leave the input, then the chat' },
	'key.tabs': { ru: 'Мои, Очередь, В работе, Закрытые', en: 'Mine, Queue, In work, Closed' },
	'key.info': { ru: 'О клиенте', en: 'About the customer' },
	'key.dark': { ru: 'Тёмная или светлая тема', en: 'Dark or light theme' },
	'key.sound': { ru: 'Звук', en: 'Sound' },
	'key.send': { ru: 'Отправить ответ', en: 'Send the answer' },
	'key.newline': { ru: 'Новая строка', en: 'New line' },

	'error.network': { ru: 'сервер не отвечает', en: 'the server does not answer' },
	'error.conflict': { ru: 'обращение уже изменилось, на экране — новое состояние', en: 'the appeal has changed meanwhile; the screen shows its new state' },
	'error.forbidden': { ru: 'нет прав на это действие', en: 'you have no right to do that' },
	'error.not-found': { ru: 'этого больше нет', en: 'it is no longer there' },
	'error.too-many-requests': { ru: 'слишком часто, подождите немного', en: 'too often, wait a little' },
	'error.unavailable': { ru: 'сервер перегружен, попробуйте ещё раз', en: 'the server is overloaded, try again' },
	'error.other': { ru: '{detail}', en: '{detail}' },
};

// Russian: 1 обращение, 2 обращения, 5 обращений, 11 обращений, 21 обращение. English: 1, other.
export function pluralForm(lang, n) {
	const whole = Math.abs(Math.trunc(n));
	if (lang !== 'ru')
		return whole === 1 ? 'one' : 'other';
	const tail = whole % 100;
	if (tail >= 11 && tail <= 14)
		return 'many';
	if (tail % 10 === 1)
		return 'one';
	return tail % 10 >= 2 && tail % 10 <= 4 ? 'few' : 'many';
}

// The text of a key in a language; throws on an unknown key, a mistake of ours.
export function formatText(lang, key, params = {}) {
	const row = TEXTS[key];
	if (!row)
		throw new Error(`texts.js has no "${key}"`);
	const entry = row[lang];
	const text = typeof entry === 'string' ? entry : entry[pluralForm(lang, params.n)];
	return text.replace(/\{([a-z]+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

const FORMS = { ru: ['one', 'few', 'many'], en: ['one', 'other'] };

function placeholders(text) {
	return [...text.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1]).sort().join(',');
}

function checkEntry(key, lang, entry, faults) {
	if (typeof entry === 'string') {
		if (entry.trim() === '')
			faults.push(`${key}: ${lang} is empty`);
		return [placeholders(entry)];
	}
	if (entry === null || typeof entry !== 'object') {
		faults.push(`${key}: ${lang} is missing`);
		return [];
	}
	if (Object.keys(entry).sort().join() !== [...FORMS[lang]].sort().join())
		faults.push(`${key}: ${lang} needs the forms ${FORMS[lang].join(', ')}`);
	return Object.values(entry).map(placeholders);
}

// Every fault of a table as a sentence; none means it is whole.
export function findTextFaults(table = TEXTS) {
	const faults = [];
	for (const [key, row] of Object.entries(table)) {
		const wanted = LANGUAGES.flatMap((lang) => checkEntry(key, lang, row[lang], faults));
		if (new Set(wanted).size > 1)
			faults.push(`${key}: the languages fill different {placeholders}`);
	}
	return faults;
}

export function checkTexts() {
	const faults = findTextFaults();
	if (faults.length)
		throw new Error('texts.js: ' + faults.join('; '));
}
