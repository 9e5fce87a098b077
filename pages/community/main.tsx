import { render } from 'preact';
import { language } from '../shared/i18n';
import { fitRoom } from '../shared/viewport';
import { App } from './app';
import './community.css';
import './tips.css';
import './event.css';
import './labels.css';
import './many.css';
import './notices.css';
import './groups.css';

fitRoom();
document.documentElement.lang = language();
const page = document.getElementById('page');
if (page) render(<App />, page);
