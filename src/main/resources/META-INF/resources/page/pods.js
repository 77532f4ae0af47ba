// The pods: those with a problem above the plots, all of them in a table that can be sorted and filtered.

import {el, mark, say, Rows} from './dom.js';
import {amount, count, duration, isQuiet, percent} from './words.js';

const STATES = {missing: 0, starting: 1, sampled: 2};
const FILTER_FROM = 9;
const MOST_PROBLEMS = 4;

/** What a row can be sorted by: those to look at come first. */
const COLUMNS = [
  {label: 'Pod', by: (one, other) => one.name.localeCompare(other.name, 'en', {numeric: true})},
  {label: 'State', by: (one, other) => STATES[one.state] - STATES[other.state]},
  {label: 'Value', by: (one, other) => (other.value ?? -1) - (one.value ?? -1)},
  {label: 'Sample age', by: (one, other) => (other.sampleAgeSeconds ?? Infinity) - (one.sampleAgeSeconds ?? Infinity) || 0},
  {label: 'Problem', by: (one, other) => (one.problem === null) - (other.problem === null)},
];

const needsALook = (pod) => pod.state === 'missing' || (pod.state === 'starting' && pod.problem !== null);

/** The pods that do not say what they carry, and why; nothing while all is well. */
export class PodProblems {
  element = el('section', {class: 'problems', 'aria-labelledby': 'problems', hidden: true});
  #head = el('h2', {id: 'problems'});
  #list = el('ul');
  #rows;
  #more = el('p', {class: 'dim', hidden: true});

  /** find(name): shows the pod's row. */
  constructor(find) {
    this.#rows = new Rows(this.#list, (first) => {
      const state = el('span', {class: 'pod-state'});
      const problem = el('span');
      return {
        element: el('li', {}, el('button', {type: 'button', class: 'link', click: () => find(first.name)}, first.name), ' ', state, ' ', problem),
        update(pod) {
          say(state, pod.state);
          mark(state, 'data-state', pod.state);
          say(problem, pod.problem ?? 'not read yet');
        },
      };
    });
    this.element.append(this.#head, this.#list, this.#more);
  }

  update({pods}) {
    const bad = pods.filter(needsALook);
    this.element.hidden = bad.length === 0;
    const isAnyMissing = bad.some((pod) => pod.state === 'missing');
    mark(this.element, 'data-tone', isAnyMissing ? 'bad' : 'warn');
    say(this.#head, `${count(bad.length, 'pod')} of ${pods.length} ${isAnyMissing ? 'without data' : bad.length === 1 ? 'is starting' : 'are starting'}`);
    this.#rows.show(bad.slice(0, MOST_PROBLEMS), (pod) => pod.name);
    this.#more.hidden = bad.length <= MOST_PROBLEMS;
    say(this.#more, `and ${bad.length - MOST_PROBLEMS} more, in the table of pods`);
  }
}

export class PodTable {
  element = el('div', {class: 'pods'});
  #colours;
  #body = el('tbody');
  #rows;
  #none = el('p', {class: 'dim'}, 'No pod.');
  #filter = el('input', {type: 'search', placeholder: 'Filter pods', 'aria-label': 'Filter pods', hidden: true, input: () => this.#render()});
  #table;
  #heads = [];
  #column = 1;
  #view = null;

  /** colours: which pods have a line of their own, and in which colour. */
  constructor(colours) {
    this.#colours = colours;
    this.#rows = new Rows(this.#body, () => podRow(colours));
    this.#heads = COLUMNS.map(({label}, i) => el('th', {scope: 'col'}, el('button', {type: 'button', class: 'sort', click: () => this.#sort(i)}, label)));
    this.#table = el('div', {class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table of pods'},
      el('table', {}, el('thead', {}, el('tr', {}, ...this.#heads)), this.#body));
    this.element.append(this.#filter, this.#none, this.#table);
    this.#sort(this.#column);
  }

  update(view) {
    this.#view = view;
    this.#render();
  }

  /** Scrolls to a pod's row and marks it. */
  find(name) {
    this.#filter.value = '';
    this.#render();
    const row = [...this.#body.children].find((each) => each.getAttribute('data-pod') === name);
    if (row) {
      row.scrollIntoView({block: 'center'});
      row.focus();
    }
  }

  #sort(i) {
    this.#column = i;
    this.#heads.forEach((head, its) => mark(head, 'aria-sort', its === i ? 'ascending' : null));
    this.#render();
  }

  #render() {
    if (this.#view === null) {
      return;
    }
    const {pods, targetValue, signalUnit} = this.#view;
    const text = this.#filter.value.trim().toLowerCase();
    this.#filter.hidden = pods.length < FILTER_FROM;
    const shown = pods.filter((pod) => `${pod.name} ${pod.address ?? ''} ${pod.state} ${pod.problem ?? ''}`.toLowerCase().includes(text))
      .sort((one, other) => COLUMNS[this.#column].by(one, other) || COLUMNS[0].by(one, other));
    this.#none.hidden = shown.length > 0;
    say(this.#none, pods.length === 0 ? 'No pod.' : 'No pod matches the filter.');
    this.#table.hidden = shown.length === 0;
    this.#rows.show(shown.map((pod) => ({...pod, unit: signalUnit, share: pod.value === null ? null : pod.value / targetValue})), (pod) => pod.name);
  }
}

function podRow(colours) {
  const swatch = el('span', {class: 'swatch', 'aria-hidden': 'true'});
  const text = el('span');
  const name = el('th', {scope: 'row'}, swatch, text);
  const state = el('span', {class: 'pod-state'});
  const value = el('span', {class: 'value'});
  const bar = el('span', {class: 'bar-fill'});
  const track = el('span', {class: 'bar-track', 'aria-hidden': 'true'}, bar);
  const share = el('span', {class: 'dim share'});
  const age = el('td', {'data-label': 'Sample age'});
  const problem = el('td', {class: 'pod-problem', 'data-label': 'Problem'});
  const element = el('tr', {tabindex: '-1'}, name, el('td', {'data-label': 'State'}, state), el('td', {'data-label': 'Value', class: 'value-cell'}, value, track, share), age, problem);
  return {
    element,
    update(pod) {
      const colour = colours.of(pod.name);
      mark(element, 'data-pod', pod.name);
      mark(swatch, 'class', colour === null ? 'swatch none' : `swatch line-${colour}`);
      say(text, pod.name);
      mark(name, 'title', pod.address);
      say(state, pod.state);
      mark(state, 'data-state', pod.state);
      say(value, isQuiet(pod) ? 'too few observations' : amount(pod.value, pod.unit));
      track.hidden = pod.share === null;
      share.hidden = pod.share === null;
      say(share, pod.share === null ? '' : `${percent(pod.share)} of target`);
      // The whole track is twice the target
      bar.style.width = `${Math.min(100, 50 * (pod.share ?? 0))}%`;
      mark(track, 'data-over', pod.share > 1 ? 'true' : null);
      mark(element, 'data-fresh', pod.state === 'sampled' ? 'true' : 'false');
      say(age, isQuiet(pod) ? '–' : pod.sampleAgeSeconds === null ? 'never read' : duration(pod.sampleAgeSeconds));
      say(problem, pod.problem ?? '');
    },
  };
}
