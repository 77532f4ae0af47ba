// Cost against overload: a sign for each setting, and bars for how far it may be off.

import {el} from './dom.js';
import {hours, money, overload} from './answers.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 250;
const LEFT = 62;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 42;
const SIZE = 6;
const TICK_PIXELS = 90;

/** Of the time. The scale is that of the square root, so that 0.1 % and 10 % are both to be seen. */
const SHARES = [0, .001, .005, .01, .02, .05, .1, .2, .5, 1];

/** The signs in their order: later ones are drawn over earlier ones. Those without a label are not explained. */
const KINDS = {
  tried: {},
  was: {label: 'really was'},
  perfect: {label: 'perfect: who knows the future'},
  present: {label: 'present settings, by the model'},
  asked: {label: 'asked'},
  advised: {label: 'advised'},
};

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.append(...children);
  return element;
}

/** A sign around 0, 0; each is of another shape, so that the colour says nothing of its own. */
function sign(kind) {
  const s = SIZE;
  switch (kind) {
    case 'tried':
      return svg('circle', {r: 2.5});
    case 'was':
      return svg('circle', {r: s, fill: 'none', 'stroke-width': 2});
    case 'present':
      return svg('circle', {r: s});
    case 'asked':
      return svg('rect', {x: -s, y: -s, width: 2 * s, height: 2 * s});
    case 'advised':
      return svg('path', {d: `M0 ${-1.5 * s}L${1.5 * s} 0L0 ${1.5 * s}L${-1.5 * s} 0Z`});
    default:
      return svg('path', {d: `M0 ${-1.2 * s}L${1.2 * s} ${s}L${-1.2 * s} ${s}Z`});
  }
}

/** The sign by itself, for a legend or a row. */
export function signOf(kind) {
  return svg('svg', {class: 'sign-of', width: 20, height: 20, viewBox: '-10 -10 20 20', 'aria-hidden': 'true'},
    svg('g', {class: `point ${kind}`}, sign(kind)));
}

/** Round numbers between two, at most so many. */
function ticks(from, to, most) {
  const raw = (to - from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw);
  const all = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + 1e-9 * step; i++) {
    all.push(i * step);
  }
  return all;
}

export class CostPlot {
  element = el('figure', {class: 'figure cost'});
  #legend = el('ul', {class: 'legend'});
  #room = el('div', {class: 'cost-room'});
  #points = [];
  #unit = '';
  #resize = new ResizeObserver(() => this.#draw());

  constructor() {
    this.element.append(
      el('figcaption', {}, el('span', {class: 'title'}, 'Cost against overload'), this.#legend), this.#room,
      el('p', {class: 'dim'}, 'Further down and further left is better. The scale upwards is that of the square root. A bar, from three days on, is how far it may be off'
        + ' if the days to come are like these (90 % of draws of whole days); and upwards, what full pods may have hidden.'));
    this.#resize.observe(this.#room);
  }

  close() {
    this.#resize.disconnect();
  }

  /** points: {kind, name, outcome, atMost}; the cost is money where there is a price. */
  show(points) {
    const order = Object.keys(KINDS);
    this.#points = points.map((point) => ({...point, ...place(point)})).sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
    this.#unit = points.some(({outcome}) => outcome.costAMonth !== null) ? 'cost a month' : 'replica-hours';
    const named = this.#points.filter(({kind}) => KINDS[kind].label);
    this.#legend.replaceChildren(...named.map((point) =>
      el('li', {}, signOf(point.kind), el('span', {class: 'label'}, KINDS[point.kind].label), ' ',
        el('span', {class: 'value'}, `${this.#text(point.x)}, ${overload(point.y)}`))));
    const others = this.#points.length - named.length;
    if (others > 0) {
      this.#legend.append(el('li', {}, signOf('tried'), `${others} more that were tried`));
    }
    this.#draw();
  }

  #text(x) {
    return this.#unit === 'replica-hours' ? `${hours(x)} h` : money(x);
  }

  #draw() {
    const width = Math.max(240, this.#room.clientWidth);
    if (this.#points.length === 0 || this.#room.clientWidth === 0) {
      return;
    }
    const xs = this.#points.flatMap(({kind, x, xBar}) => (KINDS[kind].label ? xBar : [x]));
    const [least, most] = [Math.min(...xs), Math.max(...xs)];
    const room = Math.max((most - least) * .06, most * .01, 1e-6);
    const [from, to] = [Math.max(0, least - room), most + room];
    const highest = Math.max(.001, ...this.#points.flatMap(({kind, y, yBar}) => (KINDS[kind].label ? yBar : [y]))) * 1.1;
    const x = (value) => LEFT + (width - LEFT - RIGHT) * (value - from) / (to - from);
    const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.sqrt(value / highest);
    const root = svg('svg', {width, height: HEIGHT, role: 'img', 'aria-label': `Cost against overload of ${this.#points.length} settings. The table beneath has the numbers.`});
    this.#axes(root, {x, y, from, to, highest, width});
    for (const point of this.#points) {
      root.append(this.#mark(point, x(point.x), y(point.y), x, y));
    }
    this.#room.replaceChildren(root);
  }

  #axes(root, {x, y, from, to, highest, width}) {
    for (const share of SHARES.filter((each) => each <= highest)) {
      root.append(
        svg('line', {class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share)}),
        svg('text', {class: 'tick', x: LEFT - 6, y: y(share) + 4, 'text-anchor': 'end'}, `${100 * share} %`));
    }
    for (const tick of ticks(from, to, (width - LEFT - RIGHT) / TICK_PIXELS)) {
      root.append(
        svg('line', {class: 'grid', x1: x(tick), x2: x(tick), y1: TOP, y2: HEIGHT - BOTTOM}),
        svg('text', {class: 'tick', x: x(tick), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle'}, tick.toLocaleString('en')));
    }
    root.append(
      svg('text', {class: 'tick', x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle'}, this.#unit),
      svg('text', {class: 'tick', transform: `translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`, 'text-anchor': 'middle'}, 'time overloaded'));
  }

  #mark(point, px, py, x, y) {
    const group = svg('g', {class: `point ${point.kind}`}, svg('title', {}, `${point.name}: ${this.#text(point.x)}, ${overload(point.y)} overloaded`));
    if (KINDS[point.kind].label) {
      group.append(
        svg('line', {class: 'error', x1: x(point.xBar[0]), x2: x(point.xBar[1]), y1: py, y2: py}),
        svg('line', {class: 'error', x1: px, x2: px, y1: y(point.yBar[0]), y2: y(point.yBar[1])}));
    }
    group.append(svg('g', {transform: `translate(${px} ${py})`}, sign(point.kind)));
    return group;
  }
}

/** Where an outcome stands; the bars of a cost are those of its replica-hours, and both reach to what it is at most. */
function place({outcome, atMost}) {
  const {replicaHours, overloadedTime, costAMonth} = outcome;
  const factor = costAMonth === null || replicaHours === 0 ? 1 : costAMonth / replicaHours;
  const all = [outcome, atMost].filter(Boolean);
  const bar = (of, low, high) => {
    const ends = all.flatMap((one) => [of(one), ...(one.spread ? [one.spread[low], one.spread[high]] : [])]);
    return [Math.min(...ends), Math.max(...ends)];
  };
  return {
    x: replicaHours * factor,
    y: overloadedTime,
    xBar: bar((one) => one.replicaHours, 'replicaHoursLow', 'replicaHoursHigh').map((end) => end * factor),
    yBar: bar((one) => one.overloadedTime, 'overloadedTimeLow', 'overloadedTimeHigh'),
  };
}
