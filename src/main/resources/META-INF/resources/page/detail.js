// One ScaledObject: what becomes of it and why, its problems, its course over time, its pods; now, or at any remembered moment.

import {get, isNeverReached, pathOf} from './api.js';
import {el, mark, say, Rows} from './dom.js';
import {Kept, keeping} from './kept.js';
import {Plots} from './plot.js';
import {PodProblems, PodTable} from './pods.js';
import {badge, linkTo} from './state.js';
import {Tiles} from './tiles.js';
import {clock} from './time.js';
import {Track} from './track.js';
import {TransitionList} from './transitions.js';
import {WhatIf} from './what-if.js';
import {Steps} from './why.js';
import {notRemembered, present, since, STATES} from './words.js';

/** In seconds. The last one is all that is remembered. */
const SPANS = [[120, '2 min'], [600, '10 min'], [86400, 'All']];

/** Of what is kept for longer, where that is so. */
const KEPT_SPANS = [[3 * 3600, '3 h'], [86400, '24 h'], [7 * 86400, '7 days'], [366 * 86400, 'All days']];
const KEPT_AGAIN_MILLIS = 60000;

/** Decisions come every second; where more than this is missing the history has it. */
const MISSED_SECONDS = 5;

const SHADES = ['waiting', 'holding', 'unknown'];

export class DetailView {
  #which;
  #moment;
  #past = null;
  #live = null;
  #now = 0;
  #track = new Track();
  #plots;
  #kept = null;
  #keptOf = null;
  #keptTimer;
  #keptTrouble = el('p', {class: 'warning', role: 'status', hidden: true});
  #whatIf;
  #loading = false;
  #loaded = false;
  #closed = false;
  #changesOf = '';
  #state = badge();
  #since = el('span', {class: 'dim since'});
  #headline = el('p', {class: 'headline', role: 'status'});
  #tabs = el('nav', {class: 'tabs', 'aria-label': 'Triggers'});
  #problem = el('p', {class: 'problem', role: 'status', hidden: true});
  #lost = '';
  #warnings = el('ul', {class: 'warnings', role: 'status', hidden: true});
  #warningRows = new Rows(this.#warnings, () => warningRow());
  #when = el('p', {class: 'when'});
  #steps = new Steps();
  #tiles = new Tiles();
  #podProblems = new PodProblems((name) => this.#pods.find(name));
  #pods;
  #transitions = new TransitionList((at) => this.#go(at));
  #metadata = el('dl', {class: 'metadata'});
  #slider = el('input', {type: 'range', min: '0', max: '0', value: '0', 'aria-label': 'Explain a moment', input: () => this.#slide()});
  #recording = el('a', {class: 'button'}, 'Recording of this span');
  #data = el('a', {class: 'button'}, 'This decision as data');
  #choices = [];
  #keptChoices = [];
  #explainer = el('label', {class: 'slider'}, el('span', {class: 'dim'}, 'Explain a moment: click into a plot, or move this'), this.#slider);
  #above;
  #content;

  constructor(root, which) {
    this.#which = which;
    this.#moment = which.at;
    this.#choices = SPANS.map(([span, label], i) => el('button', {type: 'button', 'aria-pressed': String(i === 1), click: () => this.#follow(i)}, label));
    this.#keptChoices = KEPT_SPANS.map(([span, label]) => el('button', {type: 'button', hidden: true, 'aria-pressed': 'false', click: ({currentTarget}) => this.#showKept({span}, currentTarget)}, label));
    const plots = el('div', {class: 'plots'});
    this.#plots = new Plots(plots, this.#track, (at) => this.#point(at), () => this.#chosen());
    this.#keptTimer = setInterval(() => this.#lookForKept(), KEPT_AGAIN_MILLIS);
    this.#lookForKept();
    this.#whatIf = new WhatIf(which);
    this.#pods = new PodTable(this.#plots.colours);
    this.#above = el('div', {class: 'above'},
      el('p', {class: 'crumb'}, el('a', {href: '#/'}, '‹ All scale targets')),
      el('div', {class: 'title-row'}, el('h1', {}, el('span', {class: 'dim'}, `${which.namespace}/`), which.name), this.#state.element, this.#since, this.#when),
      this.#headline, this.#tabs, this.#problem, this.#warnings, this.#podProblems.element, this.#tiles.element);
    this.#content = el('div', {class: 'content', hidden: true}, ...this.#sections(plots));
    root.replaceChildren(this.#above, this.#content);
    document.title = `${which.name} · KEDA NIM Scaler`;
    plots.addEventListener('pointerenter', () => this.#holdStill(true));
    plots.addEventListener('pointerleave', () => this.#holdStill(false));
  }

  /** What stands beneath the numbers, in its order. */
  #sections(plots) {
    return [
      el('section', {'aria-labelledby': 'over-time'},
        el('div', {class: 'section-head'}, el('h2', {id: 'over-time'}, 'Over time'),
          el('div', {class: 'choices', role: 'group', 'aria-label': 'Visible span'}, ...this.#choices, ...this.#keptChoices), this.#recording),
        this.#keptTrouble, plots, this.#explainer,
        el('ul', {class: 'legend shades'}, ...SHADES.map((state) =>
          el('li', {}, el('span', {class: `shade shade-${state}`, 'aria-hidden': 'true'}), STATES[state].label.toLowerCase())))),
      this.#transitions.element,
      el('section', {'aria-labelledby': 'why'},
        el('div', {class: 'section-head'}, el('h2', {id: 'why'}, 'Why'), this.#data), this.#steps.element),
      el('section', {'aria-labelledby': 'pods'}, el('h2', {id: 'pods'}, 'Pods'), this.#pods.element),
      this.#whatIf.element,
      el('details', {class: 'settings'}, el('summary', {}, 'Trigger metadata, defaults included'), this.#metadata),
    ];
  }

  /** Nothing moves under the pointer while somebody aims at a moment. */
  #holdStill(still) {
    this.#above.style.height = still ? `${this.#above.offsetHeight}px` : '';
    this.#above.classList.toggle('still', still);
  }

  close() {
    this.#closed = true;
    mark(document.body, 'data-past', null);
    this.#plots.close();
    clearInterval(this.#keptTimer);
    this.#whatIf.close();
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
    this.#draw();
  }

  update({apiServer, explanations, refused}, now) {
    this.#now = now;
    const reported = explanations.filter((one) => !one.decision.shadow);
    const mine = reported.find((one) => one.decision.triggerName === this.#which.trigger) ?? (this.#which.trigger ? undefined : reported[0]);
    this.#content.hidden = !mine;
    this.#tiles.element.hidden = !mine;
    this.#showWarnings(mine?.decision.warnings ?? [], refused);
    if (!mine) {
      this.#live = null;
      this.#showTabs(reported, refused, this.#which.trigger);
      this.#showNone(apiServer, refused);
      return;
    }
    const trigger = mine.decision.triggerName;
    const shadow = explanations.find((one) => one.decision.shadow && one.decision.triggerName === trigger);
    this.#live = {mine, shadow};
    this.#whatIf.update(mine, now);
    this.#showTabs(reported, refused, trigger);
    this.#remember([mine, shadow].filter(Boolean).map((one) => one.decision));
    this.#tellChanges(mine.decision);
    if (this.#moment === null) {
      this.#render();
    } else if (this.#past === null) {
      this.#explain(this.#moment);
    }
    this.#draw();
  }

  #showNone(apiServer, refused) {
    this.#podProblems.element.hidden = true;
    say(this.#since, '');
    say(this.#when, '');
    say(this.#headline, '');
    this.#state.update(refused.length > 0 ? 'refused' : 'unknown');
    this.#say(refused.length > 0 ? 'There is no decision: the trigger is refused, and KEDA gets no value for it.'
      : isNeverReached(apiServer) ? 'It is not known whether there is such a ScaledObject.'
      : 'There is no decision on such a trigger. It may have been removed or renamed.');
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

  /** Pods that are missing stand beneath with their reasons. */
  #showWarnings(warnings, refused) {
    const all = [...refused.map((view) => ({reason: `${view.triggerName} is refused`, text: view.explanation, kind: 'refused'})),
      ...warnings.filter(({reason}) => reason !== 'PodsMissing').map((warning) => ({...warning, kind: 'warning'}))];
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

  async #load(latest, from) {
    this.#loading = true;
    const trigger = latest[0].triggerName;
    const query = from ? `?since=${encodeURIComponent(from)}` : '';
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

  /** Asks what happened where something has. */
  async #tellChanges({triggerName, state, stateSince, replicasWanted}) {
    const key = `${triggerName} ${state} ${stateSince} ${replicasWanted}`;
    if (this.#changesOf === key) {
      return;
    }
    this.#changesOf = key;
    try {
      const all = await get(`${pathOf(this.#which.namespace, this.#which.name)}/transitions`);
      this.#transitions.update(all.filter((change) => change.triggerName === triggerName), this.#now);
    } catch {
      this.#changesOf = '';
    }
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
    this.#lost = notRemembered(at, this.#live?.mine.rememberedFrom, this.#now);
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

  #press(pressed) {
    [...this.#choices, ...this.#keptChoices].forEach((button) => mark(button, 'aria-pressed', String(button === pressed)));
  }

  /** What is kept for days has no decisions to explain, and is no recording. */
  #use(kept) {
    this.#kept = kept;
    this.#recording.hidden = kept !== null;
    this.#explainer.hidden = kept !== null;
    this.#plots.use(kept ?? this.#track);
  }

  #follow(i) {
    this.#press(this.#choices[i]);
    this.#keptOf = null;
    if (this.#kept !== null) {
      this.#use(null);
    }
    this.#plots.follow(SPANS[i][0]);
    this.#draw();
  }

  /** Of a shorter span of what is kept there is more to see. */
  #chosen() {
    this.#press(null);
    if (this.#kept !== null) {
      this.#showKept(this.#plots.range, null);
    }
    this.#draw();
  }

  /** A moment of what is kept can be explained where it is remembered, too. */
  #point(at) {
    if (this.#kept === null) {
      this.#go(at);
    } else if (Date.parse(at) / 1000 >= (this.#track.points[0]?.t ?? Infinity)) {
      this.#go(this.#track.nearest(Date.parse(at) / 1000).at);
    }
  }

  /** Longer spans are offered where something is kept; that it can not be written is said. */
  async #lookForKept() {
    if (document.hidden) {
      return;
    }
    try {
      const state = await keeping();
      this.#keptChoices.forEach((button) => { button.hidden = state === null; });
      this.#sayOfKept(state?.trouble ? `The latest minutes are not kept: ${state.trouble}` : '');
      if (this.#keptOf?.span) {
        await this.#loadKept(this.#keptOf);
      }
    } catch {
      // It asks again; that there is no contact is said elsewhere
    }
  }

  #sayOfKept(text) {
    say(this.#keptTrouble, text);
    this.#keptTrouble.hidden = text === '';
  }

  /** between: {span} up to now and going on, or {from, to}. */
  async #showKept(between, button) {
    this.#press(button);
    this.#keptOf = between;
    try {
      await this.#loadKept(between);
    } catch (refused) {
      this.#sayOfKept(refused.message);
    }
  }

  async #loadKept(between) {
    const decision = this.#live?.mine.decision;
    if (!decision) {
      return;
    }
    const kept = await Kept.load(this.#which, decision, between, this.#now);
    // Another span may have been chosen meanwhile
    if (this.#keptOf === between && !this.#closed) {
      this.#use(kept);
    }
  }

  #draw() {
    if (this.#closed || this.#track.points.length === 0) {
      return;
    }
    this.#plots.draw();
    if (this.#kept !== null) {
      return;
    }
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
    const at = Date.parse(decision.at);
    this.#state.update(decision.state);
    say(this.#headline, decision.summary);
    if (past) {
      say(this.#since, since(this.#transitions.sinceAt(decision.at, decision.state), at));
      const button = this.#when.querySelector('button') ?? el('button', {type: 'button', class: 'primary', click: () => this.#go(null)}, 'Back to now');
      const moment = this.#when.querySelector('strong') ?? el('strong');
      say(moment, `At ${clock(at, this.#now)}`);
      if (button.parentElement !== this.#when) {
        this.#when.replaceChildren(moment, ' ', button);
      }
    } else {
      say(this.#since, since(decision.stateSince, this.#now));
      say(this.#when, 'now');
    }
    mark(document.body, 'data-past', past ? 'true' : null);
    mark(this.#data, 'href', `${pathOf(this.#which.namespace, this.#which.name)}/explain?at=${encodeURIComponent(decision.at)}`);
    this.#tiles.update(mine);
    this.#steps.update(mine, shown.shadow);
    this.#podProblems.update(decision);
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
