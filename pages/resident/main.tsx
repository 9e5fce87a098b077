import { render } from 'preact';
import { language } from '../shared/i18n';
import { fitRoom } from '../shared/viewport';
import { App } from './app';
import './call.css';
import './composer.css';
import './over.css';
import './silent.css';
import '../parts/thread.css';

const page = document.getElementById('page');
document.documentElement.lang = language();
fitRoom();
if (page) {
  page.textContent = '';
  render(<App />, page);
}
