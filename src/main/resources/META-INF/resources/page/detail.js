// One ScaledObject: what was seen, what was decided and why, what the HPA will do; now, or at any remembered moment.

import {get, isNeverReached, pathOf} from './api.js';
import {el, mark, say, Rows} from './dom.js';
import {badge, linkTo} from './list.js';
import {Plots} from './plot.js';
import {Track} from './track.js';
import {carries, clock, count, duration, hpa, isQuiet, kindOf, notRemembered, number, present, saw, told, UNKNOWN} from './words.js';

const SPANS = [[120, '2 min'], [600, '10 min'], [86400, 'All']];

/** Decisions come every second; where more than this is missing the history has it. */
const MISSED_SECONDS = 5;

const STATES = {missing: 0, starting: 1, sampled: 2};

export class DetailView {
  #which;
  #moment;
  #past = null;
  #live = null;
  #now = 0;
  #track = new Track();
  #plots;
  #loading = false;
  #loaded = false;
  #closed = false;
  #state = badge();
  #tabs = el('nav', {class: 'tabs', 'aria-label': 'Triggers'});
  #problem = el('p', {class: 'problem', role: 'status', hidden: true});
  #lost = '';
  #warnings = el('ul', {class: 'warnings', role: 'status', hidden: true});
  #warningRows = new Rows(this.#warnings, () => warningRow());
  #when = el('p', {class: 'when'});
  #steps = new Steps();
  #tiles = new Tiles();
  #pods = new PodTable();
  #metadata = el('dl', {class: 'metadata'});
  #slider = el('input', {type: 'range', min: '0', max: '0', value: '0', 'aria-label': 'Explain a moment', input: () => this.#slide()});
  #recording = el('a', {class: 'button'}, 'Recording of this span');
  #data = el('a', {class: 'button'}, 'This decision as data');
  #choices = [];
  #content;

  constructor(root, which) {
    this.#which = which;
    this.#moment = which.at;
    this.#choices = SPANS.map(([span, label], i) => el('button', {type: 'button', 'aria-pressed': String(i === 1), click: () => this.#follow(i)}, label));
    const plots = el('div', {class: 'plots'});
    this.#content = el('div', {class: 'content', hidden: true},
      this.#tiles.element,
      el('section', {'aria-labelledby': 'why'},
        el('div', {class: 'section-head'}, el('h2', {id: 'why'}, 'Why'), this.#when, this.#data),
        this.#steps.element),
      el('section', {'aria-labelledby': 'over-time'},
        el('div', {class: 'section-head'}, el('h2', {id: 'over-time'}, 'Over time'),
          el('div', {class: 'choices', role: 'group', 'aria-label': 'Visible span'}, ...this.#choices), this.#recording),
        plots,
        el('label', {class: 'slider'}, el('span', {class: 'dim'}, 'Explain a moment: click into a plot, or move this'), this.#slider),
        el('ul', {class: 'legend shades'}, ...[['calm', 'held by the windows'], ['hold', 'held for want of data'], ['unknown', UNKNOWN]]
          .map(([kind, label]) => el('li', {}, el('span', {class: `shade shade-${kind}`, 'aria-hidden': 'true'}), label)))),
      el('section', {'aria-labelledby': 'pods'}, el('h2', {id: 'pods'}, 'Pods'), this.#pods.element),
      el('details', {class: 'settings'}, el('summary', {}, 'Trigger metadata, defaults included'), this.#metadata));
    root.replaceChildren(
      el('p', {class: 'crumb'}, el('a', {href: '#/'}, '‹ All scale targets')),
      el('div', {class: 'title-row'}, el('h1', {}, el('span', {class: 'dim'}, `${which.namespace}/`), which.name), this.#state.element),
      this.#tabs, this.#problem, this.#warnings, this.#content);
    document.title = `${which.name} · KEDA NIM Scaler`;
    this.#plots = new Plots(plots, this.#track, (at) => this.#go(at), () => this.#chosen());
  }

  close() {
    this.#closed = true;
    mark(document.body, 'data-past', null);
    this.#plots.close();
  }

  /** Explains a moment; null: the present one, and on. */
  moment(at) {
    this.#moment = at;
    this.#past = null;
    this.#lost = '';
    this.#plots.show(at);
    if (at === null) {
      this.#render();
    } else {
      this.#explain(at);
    }
  }

  update({apiServer, explanations, refused}, now) {
    this.#now = now;
    const reported = explanations.filter((one) => !one.decision.shadow);
    const mine = reported.find((one) => one.decision.triggerName === this.#which.trigger) ?? (this.#which.trigger ? undefined : reported[0]);
    this.#content.hidden = !mine;
    this.#showWarnings(mine?.decision.warnings ?? [], refused);
    if (!mine) {
      this.#live = null;
      this.#showTabs(reported, refused, this.#which.trigger);
      if (refused.length > 0) {
        this.#state.update('refused');
      }
      this.#say(refused.length > 0 ? 'There is no decision: the trigger is refused, and KEDA gets no value for it.'
        : isNeverReached(apiServer) ? 'It is not known whether there is such a ScaledObject.'
        : 'There is no decision on such a trigger. It may have been removed or renamed.');
      return;
    }
    const trigger = mine.decision.triggerName;
    const shadow = explanations.find((one) => one.decision.shadow && one.decision.triggerName === trigger);
    this.#live = {mine, shadow};
    this.#showTabs(reported, refused, trigger);
    this.#remember([mine, shadow].filter(Boolean).map((one) => one.decision));
    if (this.#moment === null) {
      this.#render();
    } else if (this.#past === null) {
      this.#explain(this.#moment);
    }
    this.#draw();
  }

  #showTabs(reported, refused, trigger) {
    const views = [...reported.map(({decision}) => decision), ...refused];
    this.#tabs.hidden = views.length < 2;
    const names = views.map((view) => view.triggerName);
    if (names.join('\n') !== [...this.#tabs.children].map((tab) => tab.textContent).join('\n')) {
      this.#tabs.replaceChildren(...views.map((view) =>
        el('a', {href: linkTo(view), 'aria-current': view.triggerName === trigger ? 'page' : null}, view.triggerName)));
    }
  }

  #showWarnings(warnings, refused) {
    const all = [...refused.map((view) => ({reason: `${view.triggerName} is refused`, text: view.explanation, kind: 'refused'})),
      ...warnings.map((warning) => ({...warning, kind: 'warning'}))];
    this.#warnings.hidden = all.length === 0;
    this.#warningRows.show(all, ({reason, text}) => `${reason} ${text}`);
  }

  /** What came since the last event is asked for where there is more of it than this. */
  #remember(decisions) {
    const last = this.#track.last;
    const missed = !last || Date.parse(decisions[0].at) / 1000 - last.t > MISSED_SECONDS;
    if (this.#loaded && !missed) {
      this.#track.add(decisions);
    } else if (!this.#loading) {
      this.#load(decisions, last?.at);
    }
  }

  async #load(latest, since) {
    this.#loading = true;
    const trigger = latest[0].triggerName;
    const query = since ? `?since=${encodeURIComponent(since)}` : '';
    try {
      const all = await get(`${pathOf(this.#which.namespace, this.#which.name)}/decisions${query}`);
      this.#track.add(all.filter((view) => view.triggerName === trigger));
      this.#track.add(latest);
      this.#loaded = true;
      this.#plots.show(this.#moment);
    } catch {
      // The next event asks again; that there is no contact is said elsewhere
    } finally {
      this.#loading = false;
    }
    this.#draw();
  }

  async #explain(at) {
    try {
      const all = await get(`${pathOf(this.#which.namespace, this.#which.name)}/explain?at=${encodeURIComponent(at)}`);
      const trigger = this.#live?.mine.decision.triggerName ?? this.#which.trigger;
      const of = (shadow) => all.find((one) => one.decision.shadow === shadow && one.decision.triggerName === trigger);
      if (this.#moment !== at || this.#closed) {
        return;
      }
      if (of(false)) {
        this.#past = {mine: of(false), shadow: of(true)};
        this.#render();
      } else {
        this.#lose(at);
      }
    } catch (refused) {
      // Without contact the next event asks again
      if (this.#moment === at && !this.#closed && refused.status) {
        this.#lose(at);
      }
    }
  }

  /** The present is shown in its stead, which must not pass for it. The address stays: it is what was asked for. */
  #lose(at) {
    this.moment(null);
    this.#lost = notRemembered(at, this.#live?.mine.rememberedFrom);
    this.#render();
  }

  #say(problem) {
    this.#problem.hidden = problem === '';
    say(this.#problem, problem);
  }

  /** The address keeps the moment, so that it can be handed on; going there does not pile up steps back. */
  #go(at) {
    const decision = this.#live?.mine.decision ?? {...this.#which, triggerName: this.#which.trigger ?? ''};
    history.replaceState(null, '', linkTo(this.#which.trigger ? decision : {...decision, triggerName: ''}, at).replace(/\/(?=\?|$)/, ''));
    this.moment(at);
  }

  #slide() {
    const points = this.#visible();
    const i = Number(this.#slider.value);
    this.#go(i >= points.length - 1 ? null : points[i].at);
  }

  #visible() {
    const {from, to} = this.#plots.range;
    return this.#track.points.filter((point) => point.t >= from && point.t <= to);
  }

  #follow(i) {
    this.#choices.forEach((button, its) => mark(button, 'aria-pressed', String(its === i)));
    this.#plots.follow(SPANS[i][0]);
    this.#draw();
  }

  #chosen() {
    this.#choices.forEach((button) => mark(button, 'aria-pressed', 'false'));
    this.#draw();
  }

  #draw() {
    if (this.#closed || this.#track.points.length === 0) {
      return;
    }
    this.#plots.draw();
    const points = this.#visible();
    if (points.length === 0) {
      return;
    }
    mark(this.#slider, 'max', String(points.length - 1));
    const after = this.#moment === null ? -1 : points.findIndex((point) => point.t > Date.parse(this.#moment) / 1000);
    const i = after === -1 ? points.length - 1 : Math.max(0, after - 1);
    if (document.activeElement !== this.#slider || this.#moment === null) {
      this.#slider.value = String(i);
    }
    mark(this.#slider, 'aria-valuetext', this.#moment === null ? 'now' : clock(Date.parse(this.#moment)));
    const trigger = this.#live?.mine.decision.triggerName ?? '';
    mark(this.#recording, 'href', `${pathOf(this.#which.namespace, this.#which.name)}/recording?${new URLSearchParams({trigger, from: points[0].at, to: points.at(-1).at})}`);
  }

  #render() {
    const shown = this.#moment === null ? this.#live : this.#past;
    if (!shown) {
      return;
    }
    this.#say(this.#lost);
    const past = this.#moment !== null;
    const mine = past ? shown.mine : {...shown.mine, decision: present(shown.mine.decision, this.#now)};
    const {decision} = mine;
    this.#state.update(kindOf(decision));
    if (past) {
      this.#when.replaceChildren(el('strong', {}, `At ${clock(Date.parse(decision.at))}`), ' ',
        el('button', {type: 'button', class: 'primary', click: () => this.#go(null)}, 'Back to now'));
    } else {
      say(this.#when, 'now');
    }
    mark(document.body, 'data-past', past ? 'true' : null);
    mark(this.#data, 'href', `${pathOf(this.#which.namespace, this.#which.name)}/explain?at=${encodeURIComponent(decision.at)}`);
    this.#tiles.update(decision);
    this.#steps.update(mine, shown.shadow);
    this.#pods.update(decision);
    if (this.#metadata.childElementCount !== 2 * Object.keys(mine.metadata).length) {
      this.#metadata.replaceChildren(...Object.entries(mine.metadata).flatMap(([key, value]) => [el('dt', {}, key), el('dd', {}, value)]));
    }
  }
}

function warningRow() {
  const reason = el('strong');
  const text = el('span');
  const element = el('li', {}, reason, ' ', text);
  return {
    element,
    update(item) {
      mark(element, 'data-kind', item.kind);
      say(reason, item.reason);
      say(text, item.text);
    },
  };
}

/** The way from what was seen to what becomes of it. */
class Steps {
  element = el('dl', {class: 'steps'});
  #rows = new Map();

  constructor() {
    for (const step of ['Saw', 'Carries', 'Decided', 'KEDA is told', 'The HPA', 'Wakes by', 'Shadow']) {
      const text = el('dd', {});
      const row = el('div', {}, el('dt', {}, step), text);
      this.#rows.set(step, {row, text});
      this.element.append(row);
    }
  }

  update(mine, shadow) {
    this.#say('Saw', saw(mine));
    this.#say('Carries', carries(mine));
    this.#say('Decided', mine.decision.explanation);
    this.#say('KEDA is told', told(mine));
    this.#say('The HPA', hpa(mine.decision));
    this.#say('Wakes by', mine.decision.wake ?? '');
    this.#say('Shadow', shadow ? `${shadow.decision.metric}: ${shadow.decision.explanation}. ${hpa(shadow.decision)}` : '');
  }

  #say(step, words) {
    const {row, text} = this.#rows.get(step);
    row.hidden = words === '';
    say(text, words);
  }
}

class Tiles {
  element = el('div', {class: 'tiles'});
  #tiles = [];

  constructor() {
    for (const label of ['Replicas', 'Demand', 'Told to KEDA', 'HPA’s formula']) {
      const value = el('div', {class: 'tile-value'});
      const note = el('div', {class: 'dim'});
      this.#tiles.push({value, note});
      this.element.append(el('div', {class: 'tile'}, el('div', {class: 'dim'}, label), value, note));
    }
  }

  update(view) {
    this.#say(0, view.replicasWanted === null ? UNKNOWN : String(view.replicasWanted), view.replicasWanted === null ? '' : `wanted, ${view.replicasPresent} present`);
    this.#say(1, number(view.demand), `target ${number(view.targetValue)} each`);
    this.#say(2, view.value === null ? 'UNAVAILABLE' : number(view.value), view.aggregationType);
    this.#say(3, view.hpaDesiredReplicas === null ? '–' : String(view.hpaDesiredReplicas), view.hpaDesiredReplicas === null ? 'gets no value' : count(view.hpaDesiredReplicas, 'replica').replace(/^\d+ /, ''));
  }

  #say(i, value, note) {
    say(this.#tiles[i].value, value);
    say(this.#tiles[i].note, note);
  }
}

class PodTable {
  element = el('div', {class: 'table'});
  #body = el('tbody');
  #rows = new Rows(this.#body, () => podRow());
  #none = el('p', {class: 'dim'}, 'No pod.');

  constructor() {
    this.element.append(this.#none, el('table', {},
      el('thead', {}, el('tr', {}, ...['Pod', 'State', 'Value', 'Sample age', 'Problem'].map((head) => el('th', {scope: 'col'}, head)))),
      this.#body));
  }

  update(view) {
    this.#none.hidden = view.pods.length > 0;
    this.#body.parentElement.hidden = view.pods.length === 0;
    const pods = [...view.pods].sort((a, b) => STATES[a.state] - STATES[b.state]);
    this.#rows.show(pods.map((pod) => ({...pod, share: pod.value === null ? null : pod.value / view.targetValue})), (pod) => pod.name);
  }
}

function podRow() {
  const name = el('th', {scope: 'row'});
  const state = el('span', {class: 'pod-state'});
  const value = el('span', {class: 'value'});
  const bar = el('span', {class: 'bar-fill'});
  const track = el('span', {class: 'bar-track', 'aria-hidden': 'true'}, bar);
  const age = el('td', {'data-label': 'Sample age'});
  const problem = el('td', {class: 'pod-problem', 'data-label': 'Problem'});
  const element = el('tr', {}, name, el('td', {'data-label': 'State'}, state), el('td', {'data-label': 'Value'}, value, track), age, problem);
  return {
    element,
    update(pod) {
      say(name, pod.name);
      mark(name, 'title', pod.address);
      say(state, pod.state);
      mark(state, 'data-state', pod.state);
      say(value, isQuiet(pod) ? 'too few observations' : number(pod.value));
      track.hidden = pod.share === null;
      // The whole track is twice the target
      bar.style.width = `${Math.min(100, 50 * (pod.share ?? 0))}%`;
      mark(track, 'data-over', pod.share > 1 ? 'true' : null);
      mark(element, 'data-fresh', pod.state === 'sampled' ? 'true' : 'false');
      say(age, isQuiet(pod) ? '–' : pod.sampleAgeSeconds === null ? 'never read' : duration(pod.sampleAgeSeconds));
      say(problem, pod.problem ?? '');
    },
  };
}
