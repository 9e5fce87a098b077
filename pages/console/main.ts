/* The dispatcher desk: one screen, or (`?view=map`, `?view=video`) a second window of it. */
import '../shared/tokens.css';
import './desk.css';

import { createApp } from 'vue';

import { language } from '../shared/i18n';
import App from './App.vue';
import Second from './Second.vue';

const view = new URLSearchParams(location.search).get('view');
document.documentElement.lang = language();
createApp(view === 'map' || view === 'video' ? Second : App, view ? { view } : {}).mount('#desk');
