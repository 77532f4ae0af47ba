// What is kept of one ScaledObject's first trigger for days: demand in replicas, and replicas, minute by minute or coarser.

import uPlot from '../webjars/uplot/dist/uPlot.esm.js';
import {get, pathOf} from './api.js';
import {el, say} from './dom.js';
import {isUtc} from './time.js';
import {UNKNOWN, number} from './words.js';

const SPANS = [[6 * 3600, '6 h'], [86400, '1 day'], [7 * 86400, '7 days'], [366 * 86400, 'All']];
const STEPS = 720;
const AGAIN_MILLIS = 60000;

const DAY = '\n{DD} {MMM}';
const TIMES = [[86400, '{DD} {MMM}', null, null, null, null, null, null, 1], [60, '{HH}:{mm}', null, null, DAY, null, null, null, 1]];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const stepped = uPlot.paths.stepped({align: 1});

/** A total over the target value is the replicas that it needs; the demand of a level is one, too. */
const inReplicas = (part) => (step) => (step.demand === null || step.targetValue === null ? null : step.demand[part] / step.targetValue);
const mean = (field) => (step) => step[field]?.mean ?? null;

const LINES = [
  {key: 'highest', label: 'most needed', of: inReplicas('highest'), width: 0.7},
  {key: 'lowest', label: 'least needed', of: inReplicas('lowest'), width: 0.7},
  {key: 'demand', label: 'needed', of: inReplicas('mean'), width: 1.5},
  {key: 'wanted', label: 'wanted', of: mean('replicasWanted'), width: 1.5, stepped: true},
  {key: 'reported', label: 'ready', of: mean('replicasReady'), width: 1.5, dash: [3, 3], stepped: true},
];

export class History {
  element = el('section', {class: 'history', 'aria-labelledby': 'kept', hidden: true});
  #which;
  #room = el('div', {class: 'room', role: 'img'});
  #legend = el('ul', {class: 'legend'});
  #values = [];
  #trouble = el('p', {class: 'warning'});
  #choices;
  #span = SPANS[1][0];
  #steps = [];
  #stepSeconds = 60;
  #u = null;
  #timer;
  #theme = matchMedia('(prefers-color-scheme: dark)');
  #redraw = () => this.#draw();
  #resize = new ResizeObserver(() => this.#u?.setSize({width: Math.max(200, this.#room.clientWidth), height: 180}));

  constructor(which) {
    this.#which = which;
    this.#choices = SPANS.map(([span, label]) => el('button', {type: 'button', 'aria-pressed': String(span === this.#span), click: () => this.#choose(span)}, label));
    this.#values = LINES.map((line) => ({line, text: el('span', {class: 'value'})}));
    this.#legend.append(...this.#values.map(({line, text}) =>
      el('li', {}, el('span', {class: `swatch line-${line.key}`, 'aria-hidden': 'true'}), el('span', {class: 'label'}, line.label), ' ', text)));
    this.element.append(
      el('div', {class: 'section-head'}, el('h2', {id: 'kept'}, 'Days'),
        el('div', {class: 'choices', role: 'group', 'aria-label': 'Span of days'}, ...this.#choices)),
      this.#trouble, this.#legend, this.#room);
    this.#room.setAttribute('aria-label', 'Replicas that the demand needs, replicas wanted and ready, over days');
    this.#theme.addEventListener('change', this.#redraw);
    this.#resize.observe(this.#room);
    this.#timer = setInterval(() => this.#load(), AGAIN_MILLIS);
    this.#load();
  }

  close() {
    clearInterval(this.#timer);
    this.#theme.removeEventListener('change', this.#redraw);
    this.#resize.disconnect();
    this.#u?.destroy();
    this.#u = null;
  }

  #choose(span) {
    this.#span = span;
    this.#choices.forEach((choice, i) => choice.setAttribute('aria-pressed', String(SPANS[i][0] === span)));
    this.#load();
  }

  /** Where nothing is kept, there is nothing to show. */
  async #load() {
    if (document.hidden) {
      return;
    }
    try {
      const {now, history} = await get('api/status');
      if (!history) {
        return;
      }
      this.element.hidden = false;
      say(this.#trouble, history.trouble === null ? '' : `The latest minutes are not kept: ${history.trouble}`);
      this.#trouble.hidden = history.trouble === null;
      const from = new Date(Date.parse(now) - this.#span * 1000).toISOString();
      const triggers = await get(`${pathOf(this.#which.namespace, this.#which.name)}/history?from=${from}&steps=${STEPS}`);
      const first = triggers.find((trigger) => !trigger.shadow);
      this.#steps = first?.steps ?? [];
      this.#stepSeconds = first?.stepSeconds ?? 60;
      this.#draw();
    } catch (refused) {
      say(this.#trouble, refused.message);
      this.#trouble.hidden = false;
    }
  }

  #columns() {
    const times = [];
    const columns = LINES.map(() => []);
    let before = null;
    for (const step of this.#steps) {
      const t = Date.parse(step.at) / 1000;
      if (before !== null && t - before > 1.5 * this.#stepSeconds) {
        times.push(before + 1);
        columns.forEach((column) => column.push(null));
      }
      times.push(t);
      columns.forEach((column, i) => column.push(LINES[i].of(step)));
      before = t;
    }
    return [times, ...columns];
  }

  #draw() {
    this.#u?.destroy();
    this.#u = null;
    if (this.#steps.length === 0) {
      this.#values.forEach(({text}) => say(text, UNKNOWN));
      return;
    }
    const grid = {stroke: colour('grid'), width: 1};
    const axis = {stroke: colour('dim'), grid, ticks: grid, font: '11px system-ui, sans-serif'};
    this.#u = new uPlot({
      width: Math.max(200, this.#room.clientWidth),
      height: 180,
      legend: {show: false},
      tzDate: (seconds) => (isUtc() ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000)),
      cursor: {drag: {x: false, y: false}, points: {size: 6}},
      scales: {x: {time: true}, y: {range: (u, least, most) => [0, most > 0 ? most * 1.15 : 1]}},
      axes: [{...axis, size: 40, space: 80, values: TIMES}, {...axis, size: 50, space: 30}],
      series: [{}, ...LINES.map((line) => ({
        label: line.label, stroke: colour(`line-${line.key}`), width: line.width, dash: line.dash,
        points: {show: false}, paths: line.stepped ? stepped : undefined,
      }))],
      bands: [{series: [1, 2], fill: colour('band')}],
      hooks: {setCursor: [(u) => this.#read(u.cursor.idx ?? u.data[0].length - 1)]},
    }, this.#columns(), this.#room);
    this.#read(this.#u.data[0].length - 1);
  }

  #read(index) {
    this.#values.forEach(({text}, i) => say(text, number(this.#u?.data[i + 1][index] ?? null, 2)));
  }
}
