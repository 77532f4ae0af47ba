// Every scale target with its state at a glance.

import {isNeverReached} from './api.js';
import {el, say, mark, Rows} from './dom.js';
import {KINDS, count, kindOf, number, present, replicas} from './words.js';

const FILTER_FROM = 8;

/** A card is a glance; all of them stand in the detail. */
const MOST_WARNINGS = 2;

export const linkTo = ({namespace, name, triggerName}, at) =>
  `#/${[namespace, name, triggerName].map(encodeURIComponent).join('/')}${at ? `?at=${encodeURIComponent(at)}` : ''}`;

/** A sign and a word: the colour says nothing of its own. */
export function badge() {
  const sign = el('span', {class: 'sign', 'aria-hidden': 'true'});
  const label = el('span');
  const element = el('span', {class: 'badge'}, sign, label);
  return {
    element,
    update(kind) {
      mark(element, 'data-kind', kind);
      say(sign, KINDS[kind].sign);
      say(label, KINDS[kind].label);
    },
  };
}

export class ListView {
  #summary = el('p', {class: 'summary'});
  #filters = el('div', {class: 'filters', hidden: true});
  #search = el('input', {type: 'search', placeholder: 'Filter by name', 'aria-label': 'Filter by name', input: () => this.#render()});
  #kind = 'all';
  #buttons = new Map();
  #list = el('ul', {class: 'cards'});
  #rows = new Rows(this.#list, (item) => this.#row(item));
  #views = [];
  #isKnown = true;
  #now = 0;

  constructor(root) {
    for (const kind of ['all', 'refused', 'unknown', 'hold', 'calm', 'report']) {
      const button = el('button', {type: 'button', 'aria-pressed': String(kind === 'all'), click: () => this.#choose(kind)});
      this.#buttons.set(kind, button);
    }
    this.#filters.append(this.#search, el('div', {class: 'choices', role: 'group', 'aria-label': 'Filter by state'}, ...this.#buttons.values()));
    root.replaceChildren(el('h1', {}, 'Scale targets'), this.#summary, this.#filters, this.#list);
    document.title = 'KEDA NIM Scaler';
  }

  update({apiServer, scaledObjects}, now) {
    this.#views = scaledObjects;
    this.#isKnown = !isNeverReached(apiServer);
    this.#now = now;
    this.#render();
  }

  #choose(kind) {
    this.#kind = kind;
    this.#buttons.forEach((button, its) => mark(button, 'aria-pressed', String(its === kind)));
    this.#render();
  }

  #render() {
    const shadows = new Map(this.#views.filter((view) => view.shadow).map((view) => [linkTo(view), view]));
    const items = this.#views.filter((view) => !view.shadow).map((view) => present(view, this.#now))
      .map((view) => ({view, kind: kindOf(view), shadow: shadows.get(linkTo(view))}));
    const many = (kind) => items.filter((item) => kind === 'all' || item.kind === kind).length;
    this.#buttons.forEach((button, kind) => {
      say(button, `${kind === 'all' ? 'All' : KINDS[kind].label} ${many(kind)}`);
      button.hidden = kind !== 'all' && kind !== this.#kind && many(kind) === 0;
    });
    this.#filters.hidden = items.length < FILTER_FROM;
    const warned = items.filter((item) => item.view.warnings.length > 0).length;
    say(this.#summary, items.length === 0 && !this.#isKnown
      ? 'Scale targets are not known.'
      : items.length === 0
      ? 'No scale target yet. A ScaledObject shows up here within a second once one of its triggers names this scaler in scalerAddress.'
      : [count(items.length, 'trigger'), ...['refused', 'unknown', 'hold'].filter(many).map((kind) => `${many(kind)} ${KINDS[kind].label.toLowerCase()}`),
        ...(warned > 0 ? [`${warned} with warnings`] : [])].join(', '));
    const text = this.#search.value.trim().toLowerCase();
    const shown = items.filter(({view, kind}) => (this.#kind === 'all' || kind === this.#kind)
      && `${view.namespace}/${view.name} ${view.triggerName}`.toLowerCase().includes(text))
      // What needs a look comes first, else by name
      .sort((one, other) => KINDS[one.kind].order - KINDS[other.kind].order || Math.min(1, other.view.warnings.length) - Math.min(1, one.view.warnings.length));
    this.#rows.show(shown, ({view}) => linkTo(view));
  }

  #row({view}) {
    const state = badge();
    const numbers = el('span', {class: 'numbers'});
    const demand = el('span', {class: 'numbers dim'});
    const why = el('p', {class: 'why'});
    const warnings = el('p', {class: 'why warning', hidden: true});
    const shadowNote = el('p', {class: 'why dim'});
    const element = el('li', {class: 'card'},
      el('div', {class: 'card-head'},
        el('a', {class: 'name', href: linkTo(view)}, el('span', {class: 'dim'}, `${view.namespace}/`), view.name),
        state.element),
      el('div', {class: 'card-facts'}, numbers, demand, el('span', {class: 'dim trigger'}, view.triggerName)),
      why, warnings, shadowNote);
    return {
      element,
      update: (item) => {
        state.update(item.kind);
        mark(element, 'data-kind', item.kind);
        const {hpaDesiredReplicas: desired, replicasWanted: wanted} = item.view;
        const isRefused = item.kind === 'refused';
        numbers.hidden = isRefused;
        demand.hidden = isRefused;
        say(numbers, replicas(item.view) + (desired !== null && desired !== wanted ? ` → ${desired}` : ''));
        say(demand, `demand ${number(item.view.demand)} / ${number(item.view.targetValue)}`);
        warnings.hidden = item.view.warnings.length === 0;
        say(warnings, warningsText(item.view.warnings));
        say(why, item.view.explanation);
        shadowNote.hidden = !item.shadow;
        say(shadowNote, item.shadow ? `Shadow: ${item.shadow.explanation}` : '');
      },
    };
  }
}

function warningsText(warnings) {
  const more = warnings.length - MOST_WARNINGS;
  return warnings.slice(0, MOST_WARNINGS).map(({reason, text}) => `${reason}: ${text}`).join(' · ') + (more > 0 ? ` · and ${more} more` : '');
}
