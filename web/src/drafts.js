// web/src/drafts.js -- the unsent text of each appeal, kept in this browser per employee.

import { session } from './session.js';
import { load, save } from './storage.js';

const nameOf = (slot) => `draft.${session.peek().me?.id}.${slot}`;

// slot: an appeal's id, or "first-<customer id>" for writing first.
export const loadDraft = (slot) => load(nameOf(slot), '');
export const saveDraft = (slot, text) => save(nameOf(slot), text.trim() === '' ? null : text);
