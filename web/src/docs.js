// web/src/docs.js -- starts Swagger UI on /docs, without its call to an outside validator.

// Swagger UI puts a link inside of each row's button, which keyboards and screen readers cannot
// tell apart; the button alone opens the row, and the address bar follows it all the same.
const plainNames = ({ React }) => ({
	wrapComponents: { DeepLink: () => ({ text }) => React.createElement('span', null, text) },
});

// There is one server, this one: nothing to choose.
const oneServer = () => ({ wrapComponents: { ServersContainer: () => () => null } });

window.SwaggerUIBundle({
	url: '/openapi.json',
	dom_id: '#docs',
	validatorUrl: null,
	deepLinking: true,
	displayRequestDuration: true,
	docExpansion: 'list',
	persistAuthorization: false,
	presets: [window.SwaggerUIBundle.presets.apis],
	plugins: [plainNames, oneServer],
});
