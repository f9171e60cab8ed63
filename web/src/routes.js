// web/src/routes.js -- which page a path means; pure.

// {name: 'login' | 'inbox' | 'missing'} or {name: 'appeal', id}
export function parseRoute(path) {
	if (path === '/login')
		return { name: 'login' };
	if (path === '/' || path === '/appeals' || path === '/appeals/')
		return { name: 'inbox' };
	const match = /^\/appeals\/([1-9][0-9]{0,15})$/.exec(path);
	return match ? { name: 'appeal', id: Number(match[1]) } : { name: 'missing' };
}
