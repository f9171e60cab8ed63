// web/src/theme-first.js -- sets the theme before the first paint, so that dark never flashes white.

(() => {
	let theme = null;
	try {
		theme = JSON.parse(localStorage.getItem('eco.theme'));
	} catch {
		// nothing kept: the system decides
	}
	if (theme !== 'dark' && theme !== 'light')
		theme = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
	document.documentElement.dataset.theme = theme;
	document.documentElement.classList.toggle('dark-mode', theme === 'dark'); // Swagger UI's switch
})();
