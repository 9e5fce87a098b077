/*
 * The screens of the first part: the start, and the report on its way until the second part is there.
 * Each is drawn once, then only its words change: a button that is replaced under a finger is not tapped.
 */

import { FIRST_PATHS } from '../parts/first_paths';
import { language, setLanguage } from '../shared/i18n';
import { t } from './first_words';
import { PATIENCE_MS, TwoTaps, urge } from './patience';
import type { Report } from './report';

type Words = () => string;

const SVG = 'http://www.w3.org/2000/svg';

export class FirstScreens {
  private readonly page: HTMLElement;
  private readonly report: Report;
  private shown = '';
  private words: Array<[Text, Words]> = [];

  constructor(page: HTMLElement, report: Report) {
    this.page = page;
    this.report = report;
  }

  /** Nothing of this is on the page any more. */
  leave(): void {
    this.shown = '';
  }

  draw(): void {
    const { kept, silent } = this.report;
    const wanted = !kept ? 'start' : silent ? 'quiet' : 'sending';
    if (wanted !== this.shown) {
      this.shown = wanted;
      this.words = [];
      const screen = kept ? this.sending() : this.start();
      this.page.textContent = '';
      this.page.appendChild(screen);
    }
    for (const [node, said] of this.words) {
      const text = said();
      if (node.data !== text) {
        node.data = text;
        (node.parentElement as HTMLElement).hidden = !text;
      }
    }
    // A page that turns white in a dark room, or says what it is in its title, betrays as surely as a sound.
    document.title = t(silent ? 'decoy_date' : 'title');
    document.documentElement.classList.toggle('quiet', silent);
    document.documentElement.dataset.theme = silent ? 'dark' : 'light';
    const theme = document.querySelector('meta[name="theme-color"]');
    if (theme) theme.setAttribute('content', silent ? '#000000' : '#f3f5f9');
  }

  private start(): Element {
    const { report } = this;
    const note = (): string => (navigator.onLine === false ? t('offline') : report.expired ? t('expired') : '');
    return make('main', { class: 'start' }, [
      this.urge(),
      make('header', { class: 'start-top' }, [
        make('span', { class: 'mark' }, [icon('shield', 22)]),
        make('span', { class: 'start-name' }, [
          this.say('b', () => t('title')),
          this.say('small', () => (report.config ? t('city_service', { city: report.config.city }) : ' ')),
        ]),
        this.tap('switch', 'language', () => setLanguage(language() === 'en' ? 'zh-CN' : 'en'), [],
          () => t('language')),
      ]),
      make('div', { class: 'start-words' }, [
        this.say('h1', () => t('start_head')),
        this.say('p', () => t('start_sub')),
        this.say('p', note, { class: 'start-note', role: 'status' }),
      ]),
      make('div', { class: 'start-taps' }, [
        this.tap('tap-report', 'report', () => report.raise(false), [
          this.say('b', () => t('report')), this.say('small', () => t('report_hint')),
        ]),
        this.tap('tap-silent', 'report-silent', () => report.raise(true), [
          icon('quiet', 26), this.say('b', () => t('silent')), this.say('small', () => t('silent_hint')),
        ]),
      ]),
      make('footer', { class: 'start-foot' }, [
        this.say('p', () => t('sends'), { class: 'sends' }),
        make('details', { class: 'notice' }, [
          this.say('summary', () => t('notice')),
          this.say('p', () => t('notice_who')),
          this.say('p', () => t('notice_what')),
          this.say('p', () => t('notice_when')),
          this.say('p', () => t('notice_version', { v: report.config ? report.config.notice_version : '1' }),
            { class: 'dim' }),
        ]),
      ]),
      this.dial(),
    ]);
  }

  /** The report on its way, and received: with nothing on it that only the second part can do. */
  private sending(): Element {
    const { report } = this;
    const receipt = (): string => (report.kept && report.kept.receipt ? report.kept.receipt.number : '');
    const fault = (): string => (report.fault ? t('sending_again', { why: report.fault.words, n: report.tried }) : '');
    const late = (): boolean => this.waited() >= PATIENCE_MS;
    const wait = (): string => t(report.silent ? (late() ? 'quiet_late' : 'quiet_wait') : late() ? 'opening_late' : 'opening');
    return make('main', { class: 'start', 'data-testid': 'first-part' }, [
      report.silent ? make('span', { hidden: '' }, []) : this.urge(),
      make('div', { class: 'start-words', role: 'status' }, [
        this.say('h1', () => t(receipt() ? 'received' : 'sending')),
        this.say('p', receipt, { 'data-testid': 'number' }),
        this.say('p', () => (receipt() ? wait() : t('sending_calm'))),
        this.say('p', fault, { class: 'start-note', 'data-testid': 'sending-again' }),
      ]),
      this.dial(),
    ]);
  }

  private waited(): number {
    const { kept } = this.report;
    return kept ? Date.now() - kept.tappedAt : 0;
  }

  /** Above everything else, as soon as there is reason. */
  private urge(): Element {
    const why = (): string => {
      const found = urge(this.waited(), this.report.away);
      return found ? t(found) : '';
    };
    const link = make('a', { class: 'urge', href: 'tel:110', 'data-testid': 'urge' }, [icon('phone', 24)]);
    const head = make('b', {}, []);
    this.write(head, () => (why() ? t('urge_dial') : ''));
    const words = make('span', {}, []);
    this.write(words, why);
    link.appendChild(head);
    link.appendChild(words);
    // It is there only with its words; what hides an element is the text straight within it.
    this.write(link, () => (why() ? ' ' : ''));
    return make('div', { class: 'urge-box', role: 'alert' }, [link]);
  }

  private dial(): Element {
    const taps = new TwoTaps();
    let asked = false;
    const words = this.say('span', () => t(asked && this.report.silent ? 'dial_again' : 'dial'));
    const link = make('a', { class: 'dial', href: 'tel:110', 'data-testid': 'dial' }, [icon('phone', 22), words]);
    link.addEventListener('click', (event) => {
      if (!this.report.silent) return;
      asked = !taps.tap(event);
      this.draw();
    });
    return link;
  }

  private tap(name: string, testid: string, done: () => void, children: Element[], words?: Words): Element {
    const button = make('button', { type: 'button', class: name, 'data-testid': testid }, children);
    if (words) this.write(button, words);
    button.addEventListener('click', done);
    return button;
  }

  private say(tag: string, words: Words, attributes: Record<string, string> = {}): Element {
    const element = make(tag, attributes, []);
    this.write(element, words);
    return element;
  }

  private write(element: HTMLElement, words: Words): void {
    const node = document.createTextNode('');
    element.hidden = true;
    element.appendChild(node);
    this.words.push([node, words]);
  }
}

function make(tag: string, attributes: Record<string, string>, children: Element[]): HTMLElement {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name]);
  for (const child of children) element.appendChild(child);
  return element;
}

function icon(name: keyof typeof FIRST_PATHS, size: number): Element {
  const svg = document.createElementNS(SVG, 'svg');
  const given: Record<string, string | number> = {
    class: 'icon', width: size, height: size, viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor',
    'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true',
  };
  for (const key of Object.keys(given)) svg.setAttribute(key, String(given[key]));
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', FIRST_PATHS[name]);
  svg.appendChild(path);
  return svg;
}
