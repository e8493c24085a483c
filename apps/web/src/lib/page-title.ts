// The title of the page, before the shell adds the number of waiting sessions.
import { createStore } from './store.js';

export const pageTitle = createStore('');
