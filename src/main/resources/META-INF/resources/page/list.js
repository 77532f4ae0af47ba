// Every scale target with its state at a glance: cards, and a table where there are many.

import {isNeverReached} from './api.js';
import {el, say, mark, Rows} from './dom.js';
import {badge, linkTo} from './state.js';
import {STATES, bounds, count, percent, present, replicas, since} from './words.js';

const FILTER_FROM = 8;

const TABLE_FROM = 21;

/** A card is a glance; all of them stand in the detail. */
const MOST_WARNINGS = 2;

const COLUMNS = ['Scale target', 'State', 'Replicas', 'Load', 'What it does, and why'];

export class ListView {
  #summary = el('p', {class: 'summary', role: 'status'});
  #filters = el('div', {class: 'filters', hidden: true});
  #search = el('input', {type: 'search', placeholder: 'Filter by name', 'aria-label': 'Filter by name', input: () => this.#render()});
  #state = 'all';
  #buttons = new Map();
  #list = el('ul', {class: 'cards'});
  #cards = new Rows(this.#list, ({view}) => card(view));
  #body = el('tbody');
  #rows = new Rows(this.#body, ({view}) => row(view));
  #table = el('div', {class: 'targets', hidden: true}, el('table', {},
    el('thead', {}, el('tr', {}, ...COLUMNS.map((head) => el('th', {scope: 'col'}, head)))), this.#body));
  #none = el('p', {class: 'dim', hidden: true}, 'No scale target matches the filter.');
  #views = [];
  #isKnown = true;
  #now = 0;

  constructor(root) {
    for (const state of ['all', ...Object.keys(STATES)]) {
      const button = el('button', {type: 'button', 'aria-pressed': String(state === 'all'), click: () => this.#choose(state)});
      this.#buttons.set(state, button);
    }
    this.#filters.append(this.#search, el('div', {class: 'choices', role: 'group', 'aria-label': 'Filter by state'}, ...this.#buttons.values()));
    root.replaceChildren(el('h1', {}, 'Scale targets'), this.#summary, this.#filters, this.#list, this.#table, this.#none);
    document.title = 'KEDA NIM Scaler';
  }

  update({apiServer, scaledObjects}, now) {
    this.#views = scaledObjects;
    this.#isKnown = !isNeverReached(apiServer);
    this.#now = now;
    this.#render();
  }

  #choose(state) {
    this.#state = state;
    this.#buttons.forEach((button, its) => mark(button, 'aria-pressed', String(its === state)));
    this.#render();
  }

  #render() {
    const shadows = new Map(this.#views.filter((view) => view.shadow).map((view) => [linkTo(view), view]));
    const items = this.#views.filter((view) => !view.shadow).map((view) => present(view, this.#now))
      .map((view) => ({view, shadow: shadows.get(linkTo(view)), now: this.#now}));
    const many = (state) => items.filter(({view}) => state === 'all' || view.state === state).length;
    this.#buttons.forEach((button, state) => {
      say(button, `${state === 'all' ? 'All' : STATES[state].label} ${many(state)}`);
      button.hidden = state !== 'all' && state !== this.#state && many(state) === 0;
    });
    this.#filters.hidden = items.length < FILTER_FROM;
    say(this.#summary, this.#summaryOf(items, many));
    const text = this.#search.value.trim().toLowerCase();
    const shown = items.filter(({view}) => (this.#state === 'all' || view.state === this.#state)
      && `${view.namespace}/${view.name} ${view.triggerName}`.toLowerCase().includes(text)).sort(byNeed);
    const isTable = items.length >= TABLE_FROM;
    this.#list.hidden = isTable;
    this.#table.hidden = !isTable || shown.length === 0;
    this.#none.hidden = shown.length > 0 || items.length === 0;
    this.#cards.show(isTable ? [] : shown, ({view}) => linkTo(view));
    this.#rows.show(isTable ? shown : [], ({view}) => linkTo(view));
  }

  #summaryOf(items, many) {
    if (items.length === 0) {
      return this.#isKnown
        ? 'No scale target yet. A ScaledObject shows up here within a second once one of its triggers names this scaler in scalerAddress.'
        : 'Scale targets are not known.';
    }
    const targets = new Set(items.map(({view}) => `${view.namespace}/${view.name}`)).size;
    const triggers = items.length === targets ? '' : ` with ${items.length} triggers`;
    const warned = items.filter(({view}) => view.warnings.length > 0).length;
    return [count(targets, 'scale target') + triggers,
      ...['refused', 'unknown', 'holding', 'at_maximum'].filter(many).map((state) => `${many(state)} ${STATES[state].label.toLowerCase()}`),
      ...(warned > 0 ? [`${warned} with warnings`] : [])].join(', ');
  }
}

/** What needs a look comes first; what comes and goes with the load stands by name, so that nothing jumps. */
function byNeed(one, other) {
  const need = ({view}) => Math.min(STATES[view.state].order, STATES.scaling_up.order);
  const warned = ({view}) => Math.min(1, view.warnings.length);
  return need(one) - need(other) || warned(other) - warned(one);
}

function name(view) {
  return el('a', {class: 'name', href: linkTo(view)}, el('span', {class: 'dim'}, `${view.namespace}/`), view.name);
}

function loadText(view) {
  return view.state === 'refused' ? '' : percent(view.loadShare);
}

function card(first) {
  const state = badge();
  const numbers = el('span', {class: 'numbers'});
  const load = el('span', {class: 'numbers dim'});
  const length = el('span', {class: 'dim since'});
  const why = el('p', {class: 'why'});
  const warnings = el('p', {class: 'why warning', hidden: true});
  const shadowNote = el('p', {class: 'why dim'});
  const element = el('li', {class: 'card target'},
    el('div', {class: 'card-head'}, name(first), state.element),
    el('div', {class: 'card-facts'}, numbers, load, el('span', {class: 'dim trigger'}, first.signalTitle ? `by ${first.signalTitle}` : first.triggerName), length),
    why, warnings, shadowNote);
  return {
    element,
    update: ({view, shadow, now}) => {
      state.update(view.state);
      mark(element, 'data-tone', STATES[view.state].tone);
      mark(element, 'data-state', view.state);
      const isRefused = view.state === 'refused';
      numbers.hidden = isRefused;
      load.hidden = isRefused;
      say(numbers, `${view.replicasWanted === 1 ? 'replica' : 'replicas'} ${replicas(view)}`);
      mark(numbers, 'title', bounds(view) || null);
      say(load, `load ${loadText(view)}`);
      say(length, since(view.stateSince, now));
      warnings.hidden = view.warnings.length === 0;
      say(warnings, warningsText(view.warnings));
      say(why, view.summary);
      shadowNote.hidden = !shadow;
      say(shadowNote, shadow ? `Shadow: ${shadow.summary}` : '');
    },
  };
}

function row(first) {
  const state = badge();
  const length = el('span', {class: 'dim since'});
  const numbers = el('td', {'data-label': 'Replicas'});
  const load = el('td', {'data-label': 'Load'});
  const why = el('span');
  const warnings = el('span', {class: 'warning', hidden: true});
  const element = el('tr', {class: 'target'},
    el('th', {scope: 'row'}, name(first), el('span', {class: 'dim trigger'}, first.signalTitle ?? first.triggerName)),
    el('td', {class: 'state-cell'}, state.element, length), numbers, load, el('td', {class: 'cause'}, why, warnings));
  return {
    element,
    update: ({view, now}) => {
      state.update(view.state);
      mark(element, 'data-tone', STATES[view.state].tone);
      mark(element, 'data-state', view.state);
      say(length, since(view.stateSince, now));
      say(numbers, view.state === 'refused' ? '' : replicas(view));
      mark(numbers, 'title', bounds(view) || null);
      say(load, loadText(view));
      say(why, view.summary);
      warnings.hidden = view.warnings.length === 0;
      say(warnings, ` ${warningsText(view.warnings)}`);
    },
  };
}

function warningsText(warnings) {
  const more = warnings.length - MOST_WARNINGS;
  return warnings.slice(0, MOST_WARNINGS).map(({reason, text}) => `${reason}: ${text}`).join(' · ') + (more > 0 ? ` · and ${more} more` : '');
}
