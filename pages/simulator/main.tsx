import { render } from 'preact';
import { App } from './app';
import './simulator.css';
import './screens.css';

render(<App />, document.getElementById('app')!);
