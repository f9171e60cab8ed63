// web/src/docs.js -- starts Swagger UI on /docs, without its call to an outside validator.

window.SwaggerUIBundle({
	url: '/openapi.json',
	dom_id: '#docs',
	validatorUrl: null,
	deepLinking: true,
	displayRequestDuration: true,
	docExpansion: 'list',
	persistAuthorization: false,
	presets: [window.SwaggerUIBundle.presets.apis],
});
