// web/src/config.js -- how this desk is set up, as /ui/config.json says.

import { signal } from '@preact/signals';

// Until it is loaded: what a desk has by default.
export const config = signal({ close_after_s: 600, timezone: null, sandbox_url: null, version: '' });
