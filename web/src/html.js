// web/src/html.js -- html`...`: the one way to write markup here, bound to the one Preact.

import htm from 'htm';
import { h } from 'preact';

export const html = htm.bind(h);
