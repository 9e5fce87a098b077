import { render } from 'preact';
import { language } from '../shared/i18n';
import { fitRoom } from '../shared/viewport';
import { App } from './app';
import { applyTheme } from './theme';
import '../parts/thread.css';
import './station.css';
import './incident.css';
import './map.css';

applyTheme();
fitRoom();
document.documentElement.lang = language();
const page = document.getElementById('page');
if (page) render(<App />, page);
