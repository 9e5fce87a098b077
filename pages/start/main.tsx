import { render } from 'preact';
import { language } from '../shared/i18n';
import { Start } from './start';
import './start.css';

document.documentElement.lang = language();
const page = document.getElementById('page');
if (page) render(<Start />, page);
