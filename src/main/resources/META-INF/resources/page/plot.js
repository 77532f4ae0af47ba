// Three plots over the same time, by uPlot: what the pods carry, what the fleet carries, what becomes of it.

import uPlot from '../webjars/uplot/dist/uPlot.esm.js';
import {el, say} from './dom.js';
import * as kept from './kept.js';
import {clock, isUtc, onZone} from './time.js';
import {outliers, spread} from './track.js';
import {STATES, UNITS, amount, number, percent} from './words.js';

/** More pods than these are a band from the lowest to the highest, with the median and those that lie far from it. */
const MOST_LINES = 8;
const MOST_OUTLIERS = 3;
const CLICK_PIXELS = 4;
const RIBBON_PIXELS = 5;
const SYNC = uPlot.sync('time');

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** What a report means in the unit of the plot: per replica under average and max, else for all of them. */
const reportedTarget = ({view}) =>
  view.aggregationType === 'sum' && view.replicasWanted !== null ? view.targetValue * view.replicasWanted : view.aggregationType === 'sum' ? null : view.targetValue;

const FLEET = [
  {key: 'demand', label: 'demand', of: (point) => point.view.demand, width: 1},
  {key: 'smoothed', label: 'smoothed', of: (point) => point.view.smoothed, width: 2},
  {key: 'reported', label: 'told to KEDA', of: (point) => point.view.value, width: 1.5, dash: [2, 2]},
  {key: 'target', label: 'target × replicas', of: reportedTarget, width: 1.5, dash: [6, 4], stepped: true},
];

const REPLICAS = [
  {key: 'present', label: 'present', of: (point) => point.view.replicasPresent, width: 5, stepped: true},
  {key: 'wanted', label: 'wanted', of: (point) => point.view.replicasWanted, width: 2, stepped: true},
  {key: 'hpa', label: 'HPA will', of: (point) => point.view.replicasAfter, width: 1.5, dash: [6, 4], stepped: true},
];

/** Drawn where it is near; a maximum of 100 would flatten a fleet of 3. */
const MAXIMUM = {key: 'maximum', label: 'maximum', of: (point) => point.view.maxReplicas, width: 1, dash: [1, 4], stepped: true};

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

/** What stands at the axis of time, in seconds and minutes, or in days. */
const TIMES = [[3600, '{HH}:{mm}', null, null, null, null, null, null, 1], [60, '{HH}:{mm}', null, null, null, null, null, null, 1], [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1]];
const DAY = '\n{DD} {MMM}';
const DAYS = [[86400, '{DD} {MMM}', null, null, null, null, null, null, 1], [60, '{HH}:{mm}', null, null, DAY, null, null, null, 1]];

const stepped = uPlot.paths.stepped({align: 1});

/** What tells a name from the others: without the beginning that all of them have. */
function shortNames(names) {
  let common = names.length < 2 ? 0 : Math.min(...names.map((name) => name.length));
  while (common > 0 && names.some((name) => name.slice(0, common) !== names[0].slice(0, common))) {
    common--;
  }
  // At a limit between parts
  const cut = names.length < 2 ? 0 : names[0].slice(0, common).search(/[^-./:]*$/);
  return new Map(names.map((name) => [name, name.slice(cut)]));
}

/** A colour for each of a few names, the same as long as it is among them. */
export class Colours {
  #places = new Map();

  update(names) {
    for (const name of this.#places.keys()) {
      if (!names.includes(name)) {
        this.#places.delete(name);
      }
    }
    const taken = new Set(this.#places.values());
    for (const name of names) {
      if (!this.#places.has(name)) {
        let free = 0;
        while (taken.has(free)) {
          free++;
        }
        taken.add(free);
        this.#places.set(name, free);
      }
    }
  }

  /** Such as pod3; null: it has none of its own. */
  of(name) {
    return this.#places.has(name) ? `pod${this.#places.get(name)}` : null;
  }
}

export class Plots {
  #track;
  #range = null;
  #span = 600;
  #moment = null;
  #onMoment;
  #onRange;
  #charts = [];
  #spans = [];
  #hatch = new Map();
  #readout = el('p', {class: 'readout', 'aria-live': 'off'});
  #theme = matchMedia('(prefers-color-scheme: dark)');
  #rebuild = () => {
    this.#hatch.clear();
    this.#charts.forEach((chart) => chart.clear());
    this.draw();
  };
  #offZone = onZone(this.#rebuild);
  #resize = new ResizeObserver(() => this.#charts.forEach((chart) => chart.fit()));
  colours = new Colours();

  /** onMoment(at): someone points at a decision; onRange(): someone chose a span. */
  constructor(root, track, onMoment, onRange) {
    this.#track = track;
    this.#onMoment = onMoment;
    this.#onRange = onRange;
    this.#charts = [
      new Chart(this, 'Per pod', {height: 150, rows: 2}),
      new Chart(this, 'Demand of the fleet', {height: 190, withWords: true, rows: 1}),
      new Chart(this, 'Replicas', {height: 130, whole: true, rows: 1}),
    ];
    root.append(this.#readout, ...this.#charts.map((chart) => chart.element));
    this.#theme.addEventListener('change', this.#rebuild);
    this.#resize.observe(root);
  }

  close() {
    this.#theme.removeEventListener('change', this.#rebuild);
    this.#offZone();
    this.#resize.disconnect();
    this.#charts.forEach((chart) => chart.clear());
  }

  /** Draws another course of time: what is remembered, or what is kept for days. */
  use(track) {
    this.#track = track;
    this.#range = null;
    // Lines of one course do not read points of the other
    this.#charts.forEach((chart) => chart.clear());
    this.draw();
  }

  /** The visible span, in seconds. */
  get range() {
    if (this.#track.isKept) {
      return this.#range ?? {from: this.#track.from, to: this.#track.to};
    }
    const last = this.#track.last?.t ?? Date.now() / 1000;
    const first = this.#track.points[0]?.t ?? last - 60;
    return this.#range ?? {from: Math.min(Math.max(first, last - this.#span), last - 30), to: last};
  }

  get isLive() {
    return this.#range === null;
  }

  /** The latest so many seconds, and going on. */
  follow(span) {
    this.#span = span;
    this.#range = null;
    this.draw();
  }

  choose(from, to) {
    this.#range = {from, to};
    this.#onRange();
    this.draw();
  }

  point(t) {
    const point = this.#track.nearest(t);
    if (point) {
      this.#onMoment(point.at);
    }
  }

  /** The moment that is explained; null: the present one. */
  show(moment) {
    this.#moment = moment === null ? null : Date.parse(moment) / 1000;
    this.draw();
  }

  draw() {
    const track = this.#track;
    if (document.hidden) {
      return;
    }
    if (track.points.length === 0) {
      if (track.isKept) {
        this.#charts.forEach((chart) => chart.clear());
        say(this.#readout, 'Nothing is kept of this time.');
      }
      return;
    }
    this.#spans = track.spans();
    const {view} = track.last;
    const unit = UNITS[view.signalUnit];
    this.#charts[0].entitle(`${view.signalTitle} per pod${unit ? `, ${unit}` : ''}`);
    this.#charts[0].draw([...(track.isKept ? kept.PER_POD : this.#pods()), {key: 'target', label: 'target', of: (point) => point.view.targetValue, width: 1.5, dash: [6, 4]}], track, view.signalUnit);
    const sum = view.aggregationType === 'sum';
    this.#charts[1].draw([...(track.isKept ? kept.FLEET : FLEET.slice(0, -1)), FLEET.at(-1)].map((line) => (line.key === 'target' && !sum ? {...line, label: 'target'} : line)), track);
    const shadow = track.hasShadow ? [{key: 'shadow', label: 'HPA by the shadow', of: (point) => (track.isKept ? point.shadow : track.shadowAt(point.t)), width: 1.5, dash: [1, 3], stepped: true}] : [];
    const highest = track.points.reduce((most, point) => Math.max(most, point.view.replicasWanted ?? 0, track.isKept ? 0 : point.view.replicasAfter ?? 0), 0);
    const maximum = view.maxReplicas !== null && view.maxReplicas <= 1.5 * highest + 2 ? [MAXIMUM] : [];
    this.#charts[2].draw([...(track.isKept ? kept.REPLICAS : REPLICAS), ...maximum, ...shadow], track);
  }

  #pods() {
    const {from, to} = this.range;
    const names = this.#track.podsBetween(from, to, MOST_LINES + 1);
    const line = (name, key, label) => ({key, name, label, of: (point) => point.pods.get(name) ?? null, width: 1.4});
    if (names.length <= MOST_LINES) {
      this.colours.update(names);
      const short = shortNames(names);
      return names.map((name) => line(name, this.colours.of(name), short.get(name)));
    }
    const far = outliers(this.#track.last, this.#track.last.view.targetValue, MOST_OUTLIERS);
    this.colours.update(far);
    const short = shortNames(far);
    return [
      {key: 'highest', label: 'highest', of: (point) => spread(point)?.highest ?? null, width: 1, band: true},
      {key: 'lowest', label: 'lowest', of: (point) => spread(point)?.lowest ?? null, width: 1},
      {key: 'median', label: 'median', of: (point) => spread(point)?.median ?? null, width: 2},
      ...far.map((name) => line(name, this.colours.of(name), short.get(name))),
    ];
  }

  /** States other than normal, behind the lines: a ribbon at the top, edges, and what is not known hatched. */
  shade(u) {
    const {ctx, bbox} = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const span of this.#spans) {
      const left = u.valToPos(span.from, 'x', true);
      const width = Math.max(1, u.valToPos(span.to, 'x', true) - left);
      if (left + width < bbox.left || left > bbox.left + bbox.width) {
        continue;
      }
      const {tone} = STATES[span.state];
      ctx.fillStyle = colour(`tone-${tone}`);
      ctx.fillRect(left, bbox.top, width, RIBBON_PIXELS * devicePixelRatio);
      if (tone !== 'move') {
        ctx.fillStyle = colour(`shade-${tone}`);
        ctx.fillRect(left, bbox.top, width, bbox.height);
        if (tone === 'bad' || span.state === 'holding') {
          ctx.fillStyle = this.#hatching(ctx, tone);
          ctx.fillRect(left, bbox.top, width, bbox.height);
        }
        this.#edges(u, left, width, tone);
      }
    }
    ctx.restore();
  }

  /** The states in words, in front of the lines, where there is room. */
  name(u) {
    for (const span of this.#spans) {
      const left = u.valToPos(span.from, 'x', true);
      this.#words(u, STATES[span.state].label, left, u.valToPos(span.to, 'x', true) - left);
    }
  }

  #edges({ctx, bbox}, left, width, tone) {
    const thin = devicePixelRatio;
    ctx.fillStyle = colour(`tone-${tone}`);
    ctx.fillRect(left, bbox.top, thin, bbox.height);
    ctx.fillRect(left + width - thin, bbox.top, thin, bbox.height);
  }

  /** With a ground of its own, so that neither grid nor lines go through the letters. */
  #words({ctx, bbox}, text, left, width) {
    const from = Math.max(left, bbox.left) + 4 * devicePixelRatio;
    const room = Math.min(left + width, bbox.left + bbox.width) - from;
    const top = bbox.top + (RIBBON_PIXELS + 3) * devicePixelRatio;
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    const length = ctx.measureText(text).width;
    if (length <= room) {
      ctx.fillStyle = colour('card');
      ctx.fillRect(from - 2 * devicePixelRatio, top - devicePixelRatio, length + 4 * devicePixelRatio, 14 * devicePixelRatio);
      ctx.fillStyle = colour('text');
      ctx.textAlign = 'left';
      ctx.textBaseline = 'top';
      ctx.fillText(text, from, top);
    }
  }

  #hatching(ctx, tone) {
    if (!this.#hatch.has(tone)) {
      const tile = el('canvas', {width: 8, height: 8});
      const pen = tile.getContext('2d');
      pen.strokeStyle = colour(`tone-${tone}`);
      pen.globalAlpha = 0.4;
      pen.beginPath();
      pen.moveTo(0, 8);
      pen.lineTo(8, 0);
      pen.stroke();
      this.#hatch.set(tone, ctx.createPattern(tile, 'repeat'));
    }
    return this.#hatch.get(tone);
  }

  /** A line at the moment that is explained. */
  pin(u) {
    if (this.#moment === null) {
      return;
    }
    const {ctx, bbox} = u;
    const x = Math.round(u.valToPos(this.#moment, 'x', true));
    if (x >= bbox.left && x <= bbox.left + bbox.width) {
      ctx.save();
      ctx.strokeStyle = colour('text');
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.setLineDash([]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.restore();
    }
  }

  /** The legends tell the values under the pointer (null: it is elsewhere), else those of the moment that is explained, else the latest. */
  read(t) {
    const at = t ?? this.#moment;
    const point = at === null ? this.#track.last : this.#track.nearest(at);
    if (!point) {
      return;
    }
    const long = this.#track.isKept ? this.#track.to * 1000 : null;
    const moment = clock(point.t * 1000, long);
    const when = t !== null ? `Under the pointer: ${moment}` : this.#moment !== null || long !== null ? moment : 'Now';
    // What holds now stands above already
    const what = when === 'Now' ? 'point at a moment in a plot to read it here' : point.view.summary;
    say(this.#readout, `${when} · ${STATES[point.state].label} · ${what}`);
    this.#charts.forEach((chart) => chart.read(point));
  }
}

class Chart {
  #plots;
  #height;
  #withWords;
  #whole;
  #u = null;
  #lines = [];
  #shape = '';
  #unit = null;
  #days = false;
  #room = el('div', {class: 'plot', role: 'img'});
  #title;
  #legend;
  #values = [];

  /** withWords: spans with their states; whole: there are no halves; rows: how many lines of legend there is room for. */
  constructor(plots, title, {height, withWords = false, whole = false, rows}) {
    this.#plots = plots;
    this.#height = height;
    this.#withWords = withWords;
    this.#whole = whole;
    this.#title = el('span', {class: 'title'});
    this.#legend = el('ul', {class: `legend rows-${rows}`});
    this.element = el('figure', {class: 'figure'}, el('figcaption', {}, this.#title, this.#legend), this.#room);
    this.entitle(title);
  }

  entitle(title) {
    say(this.#title, title);
    this.#room.setAttribute('aria-label', `${title}, over time. The values of a moment stand above.`);
  }

  clear() {
    this.#u?.destroy();
    this.#u = null;
    this.#values = [];
  }

  fit() {
    this.#u?.setSize({width: this.#room.clientWidth, height: this.#height});
  }

  /** unit: of the numbers, see UNITS; null: as they are. */
  draw(lines, track, unit = null) {
    const shape = `${track.isKept ? 'days' : ''}${lines.map((line) => `${line.key} ${line.name ?? line.label}`).join('|')}`;
    if (this.#u === null || shape !== this.#shape) {
      this.clear();
      this.#shape = shape;
      this.#lines = lines;
      this.#unit = unit;
      this.#days = Boolean(track.isKept);
      this.#u = new uPlot(this.#options(), [[], ...lines.map(() => [])], this.#room);
      this.#u.over.addEventListener('mousedown', (down) => {
        const up = (event) => {
          if (Math.abs(event.clientX - down.clientX) < CLICK_PIXELS && this.#u !== null) {
            this.#plots.point(this.#u.posToVal(this.#u.cursor.left, 'x'));
          }
        };
        addEventListener('mouseup', up, {once: true});
      });
      this.#explain();
    }
    this.#lines = lines;
    const {from, to} = this.#plots.range;
    this.#u.batch(() => {
      this.#u.setData(track.columns(lines.map((line) => line.of)), false);
      this.#u.setScale('x', {min: from, max: to});
    });
    if (!(this.#u.cursor.left >= 0)) {
      this.#plots.read(null);
    }
  }

  #options() {
    const text = colour('dim');
    const grid = {stroke: colour('grid'), width: 1};
    const axis = {stroke: text, grid, ticks: grid, font: '11px system-ui, sans-serif'};
    const tick = (value) => (this.#unit === 'share' ? percent(value) : Math.abs(value) >= 1000 ? value.toLocaleString('en') : String(value));
    const band = this.#lines.findIndex((line) => line.band);
    return {
      width: Math.max(200, this.#room.clientWidth),
      height: this.#height,
      legend: {show: false},
      tzDate: (seconds) => (isUtc() ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000)),
      cursor: {sync: {key: SYNC.key}, drag: {x: true, y: false, setScale: false}, points: {size: 6}},
      scales: {x: {time: true}, y: {range: (u, least, most) => [0, most > 0 ? most * 1.15 : 1]}},
      axes: [
        {...axis, size: this.#days ? 40 : 28, space: this.#days ? 80 : 70, values: this.#days ? DAYS : TIMES},
        {...axis, size: 50, space: 30, incrs: this.#whole ? WHOLE : undefined, values: (u, ticks) => ticks.map(tick)},
      ],
      series: [{}, ...this.#lines.map((line) => ({
        label: line.name ?? line.label,
        stroke: colour(`line-${line.key}`),
        width: line.width,
        dash: line.dash,
        points: {show: false},
        paths: line.stepped ? stepped : undefined,
      }))],
      bands: band === -1 ? [] : [{series: [band + 1, band + 2], fill: colour('band')}],
      hooks: {
        drawClear: [(u) => this.#plots.shade(u)],
        draw: [(u) => this.#withWords && this.#plots.name(u), (u) => this.#plots.pin(u)],
        setCursor: [(u) => this.#plots.read(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, 'x') : null)],
        setSelect: [(u) => {
          const {left, width} = u.select;
          if (width >= CLICK_PIXELS) {
            this.#plots.choose(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
            u.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
          }
        }],
      },
    };
  }

  #explain() {
    this.#values = this.#lines.map((line) => ({line, text: el('span', {class: 'value'})}));
    this.#legend.replaceChildren(...this.#values.map(({line, text}) =>
      el('li', {title: line.name ?? null}, el('span', {class: `swatch line-${line.key}`, 'aria-hidden': 'true'}), el('span', {class: 'label'}, line.label), ' ', text)));
  }

  read(point) {
    for (const {line, text} of this.#values) {
      const value = line.of(point);
      say(text, this.#unit === null ? number(value, 2) : amount(value, this.#unit));
    }
  }
}
