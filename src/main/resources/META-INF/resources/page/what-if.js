// What other settings would have cost, and how often the fleet would have been overloaded, on the traffic that there was. It changes nothing.

import {besides, compared, hours, length, money, openLoop, overload, saturation, settingsText, span, trust} from './answers.js';
import {get, pathOf, question} from './api.js';
import {CostPlot, signOf} from './cost-plot.js';
import {el, mark, say} from './dom.js';
import {duration} from './words.js';

const SPANS = [[1, 'the last day'], [3, 'the last 3 days'], [7, 'the last 7 days'], [14, 'the last 14 days']];
const DAY_MILLIS = 86400000;

const ofTrigger = (key) => ({key, of: (mine) => mine.metadata[key] ?? ''});

/** What may be asked for in place of what is set. */
const SETTINGS = [
  ofTrigger('targetValue'),
  ofTrigger('downscaleStabilizationWindow'),
  ofTrigger('upscaleStabilizationWindow'),
  ofTrigger('smoothingUp'),
  ofTrigger('smoothingDown'),
  {key: 'minReplicaCount', of: ({decision}) => text(decision.minReplicas), otherwise: 'as recorded'},
  {key: 'maxReplicaCount', of: ({decision}) => text(decision.maxReplicas), otherwise: 'as recorded'},
];

/** What holds for the present settings as for the others. */
const FRAME = [
  {key: 'pricePerReplicaHour', hint: 'in any currency; optional'},
  {key: 'maxOverload', hint: 'for advice: a share of the time such as 0.01; empty: as now'},
  {key: 'scaleDown.stabilizationWindowSeconds', hint: 'of the HPA\'s behavior; empty: 0'},
  {key: 'startUp', hint: 'of a pod, such as 90s; empty: as measured'},
];

const text = (value) => (value === null || value === undefined ? '' : String(value));

let fields = 0;

/** One value with its label, and beneath it what is set now or what is wrong. */
class Field {
  #id = `what-if-${++fields}`;
  #hint = el('span', {class: 'hint', id: `${this.#id}-hint`});
  #usual;
  input = el('input', {type: 'text', id: this.#id, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': this.#hint.id, input: () => this.right()});
  element;
  present = '';

  constructor(key, usual) {
    this.key = key;
    this.#usual = usual;
    this.element = el('div', {class: 'field'}, el('label', {class: 'key', for: this.#id}, key), this.input, this.#hint);
    say(this.#hint, usual);
  }

  get value() {
    return this.input.value.trim();
  }

  set value(value) {
    this.input.value = value;
    this.right();
  }

  get isChanged() {
    return this.value !== this.present && this.value !== '';
  }

  /** What is set now; somebody's own value stays. */
  setPresent(value, usual) {
    if (value === this.present && usual === this.#usual) {
      return;
    }
    const isOwn = this.input.value !== this.present;
    this.present = value;
    this.#usual = usual;
    if (!isOwn) {
      this.input.value = value;
    }
    if (!this.input.hasAttribute('aria-invalid')) {
      say(this.#hint, usual);
    }
  }

  wrong(why) {
    mark(this.input, 'aria-invalid', 'true');
    say(this.#hint, why);
  }

  right() {
    mark(this.input, 'aria-invalid', null);
    say(this.#hint, this.#usual);
  }
}

export class WhatIf {
  element = el('section', {class: 'what-if', 'aria-labelledby': 'what-if'});
  #which;
  #mine = null;
  #now = 0;
  #settings = SETTINGS.map((setting) => ({...setting, field: new Field(setting.key, '')}));
  #frame = FRAME.map((setting) => ({...setting, field: new Field(setting.key, setting.hint)}));
  #days = el('select', {}, ...SPANS.map(([days, label]) => el('option', {value: String(days)}, label)));
  #more = el('details', {class: 'more'}, el('summary', {}, 'More'));
  #reach = el('p', {class: 'dim'}, 'What other settings would have cost on this traffic. A question changes nothing.');
  #try = el('button', {type: 'submit', class: 'primary'}, 'Try these settings');
  #advise = el('button', {type: 'button', click: () => this.#ask('advice')}, 'Find better settings');
  #reset = el('button', {type: 'button', click: () => this.#take({})}, 'Back to the present settings');
  #cancel = el('button', {type: 'button', hidden: true, click: () => this.#asking?.abort()}, 'Cancel');
  #progress = el('progress', {'aria-label': 'Being answered', hidden: true});
  #status = el('p', {class: 'status', role: 'status'});
  #problem = el('p', {class: 'problem', role: 'alert', hidden: true});
  #answer = el('div', {class: 'answer', hidden: true});
  #plot = new CostPlot();
  #asking = null;
  #clock = null;
  #tried = null;
  #advice = null;

  constructor(which) {
    this.#which = which;
    this.#days.value = '14';
    const form = el('form', {
      novalidate: true,
      submit: (event) => {
        event.preventDefault();
        this.#ask('what-if');
      },
    },
    el('div', {class: 'fields'}, ...this.#settings.map(({field}) => field.element), this.#frame[0].field.element),
    this.#more,
    el('div', {class: 'choices'}, this.#try, this.#advise, this.#reset, this.#cancel, this.#progress));
    this.#more.append(el('div', {class: 'fields'},
      ...this.#frame.slice(1).map(({field}) => field.element),
      el('label', {class: 'field'}, el('span', {class: 'key'}, 'on the traffic of'), this.#days, el('span', {class: 'hint'}, 'as far as it is kept'))));
    this.element.append(el('h2', {id: 'what-if'}, 'What if'), this.#reach, form, this.#status, this.#problem, this.#answer);
    this.#learnReach();
  }

  close() {
    this.#asking?.abort();
    clearInterval(this.#clock);
    this.#plot.close();
  }

  /** mine: the explanation of the present decision; now: by the scaler's clock, in milliseconds. */
  update(mine, now) {
    this.#mine = mine;
    this.#now = now;
    for (const {of, otherwise = '', field} of this.#settings) {
      const now = of(mine);
      field.setPresent(now, now === '' ? otherwise : `now ${now}`);
    }
  }

  async #learnReach() {
    try {
      const {history} = await get('api/status');
      if (history === null) {
        say(this.#reach, 'What other settings would have cost on this traffic. A question changes nothing.'
          + ' Only the last half hour is remembered, which is too little for advice: set nim-scaler.history.directory, and minutes are kept for 14 days (src/docs/history.md).');
      }
    } catch {
      // That there is no contact is said elsewhere
    }
  }

  /** Puts settings into the form; what is not named is as now. */
  #take(settings) {
    for (const {key, field} of this.#settings) {
      field.value = settings[key] ?? field.present;
    }
  }

  #changed() {
    return Object.fromEntries(this.#settings.filter(({field}) => field.isChanged).map(({key, field}) => [key, field.value]));
  }

  #given() {
    return Object.fromEntries(this.#frame.filter(({field}) => field.value !== '').map(({key, field}) => [key, field.value]));
  }

  /** about: what-if or advice. */
  async #ask(about) {
    if (this.#mine === null) {
      return;
    }
    this.#asking?.abort();
    const changed = this.#changed();
    // Advice begins with the present settings
    const unknown = this.#settings.filter(({field}) => field.present === '').map(({key}) => key);
    const asked = about === 'advice' ? Object.fromEntries(Object.entries(changed).filter(([key]) => unknown.includes(key))) : changed;
    const given = this.#given();
    const asking = new AbortController();
    this.#begin(asking);
    try {
      const answer = await question(`${pathOf(this.#which.namespace, this.#which.name)}/${about}`, {
        trigger: this.#mine.decision.triggerName,
        from: new Date(this.#now - Number(this.#days.value) * DAY_MILLIS).toISOString(),
        settings: {...asked, ...given},
      }, asking.signal);
      this.#show(about, {answer, changed: asked, frame: JSON.stringify([given, this.#days.value])});
      this.#end('');
    } catch (refused) {
      this.#end(refused.name === 'AbortError' ? 'Cancelled.' : '', refused.name === 'AbortError' ? null : refused);
    }
  }

  #begin(asking) {
    const began = Date.now();
    this.#asking = asking;
    this.#busy(true);
    this.#problem.hidden = true;
    [...this.#settings, ...this.#frame].forEach(({field}) => field.right());
    say(this.#status, 'Being answered. It takes a minute at most.');
    clearInterval(this.#clock);
    this.#clock = setInterval(() => mark(this.#progress, 'title', duration((Date.now() - began) / 1000)), 1000);
    this.#cancel.focus({preventScroll: true});
  }

  #busy(isBusy) {
    mark(this.element, 'aria-busy', isBusy ? 'true' : null);
    this.#cancel.hidden = !isBusy;
    this.#progress.hidden = !isBusy;
    this.#try.disabled = isBusy;
    this.#advise.disabled = isBusy;
  }

  #end(status, refused = null) {
    const hadFocus = document.activeElement === this.#cancel;
    clearInterval(this.#clock);
    this.#asking = null;
    this.#busy(false);
    say(this.#status, status);
    if (refused !== null) {
      this.#refuse(refused);
    } else if (hadFocus) {
      this.#try.focus({preventScroll: true});
    }
  }

  /** What is wrong is said where it was written; the rest, and what is wrong with nothing of the form, beneath it. */
  #refuse({message, status, wrong = []}) {
    const all = [...this.#settings, ...this.#frame].map(({field}) => field);
    const left = wrong.filter(({key, text: why}) => {
      const field = all.find((one) => one.key === key);
      field?.wrong(why);
      return field === undefined;
    });
    const isAllSaid = wrong.length > 0 && left.length === 0;
    this.#problem.hidden = isAllSaid;
    say(this.#problem, isAllSaid ? '' : status === undefined ? `There is no answer: ${message}.` : wrong.length > 0 ? left.map((one) => one.text).join('; ') : message);
    const first = all.find((field) => field.input.hasAttribute('aria-invalid'));
    if (first) {
      this.#more.open ||= this.#more.contains(first.input);
      first.input.focus();
    } else {
      this.#try.focus({preventScroll: true});
    }
  }

  /** Answers stay beside each other only where they are of the same time, price and fleet. */
  #show(about, answered) {
    if (about === 'advice') {
      this.#advice = answered;
      this.#tried = this.#tried?.frame === answered.frame ? this.#tried : null;
    } else {
      this.#tried = answered;
      this.#advice = this.#advice?.frame === answered.frame ? this.#advice : null;
    }
    this.#answer.hidden = false;
    this.#answer.replaceChildren(...[...(about === 'advice' ? this.#advised(answered.answer) : this.#answered(answered)), ...this.#both()].filter(Boolean));
  }

  #answered({answer, changed}) {
    const {closedLoop, noClosedLoop, warnings} = answer;
    if (closedLoop === null) {
      return [
        el('p', {class: 'headline'}, openLoop(answer.openLoop)),
        list('notes', [...warnings, `There is no answer for another fleet: ${noClosedLoop}`]),
        linesOf(answer),
      ];
    }
    const {was, saturatedTime, bracketOpen, observedSeconds} = closedLoop;
    const present = {outcome: closedLoop.present, outcomeAtMost: closedLoop.presentAtMost};
    const other = {outcome: closedLoop.other, outcomeAtMost: closedLoop.otherAtMost};
    return [
      el('p', {class: 'headline'}, compared(changed, other, present)),
      el('p', {}, `${besides(other, present)} ${trust(was, present, observedSeconds)}`),
      list('notes', [...warnings, saturation(saturatedTime, bracketOpen), openLoop(answer.openLoop)].filter(Boolean)),
      linesOf(answer),
    ];
  }

  #advised(answer) {
    const {advised, present, was, reasons, saturatedTime, observedSeconds} = answer;
    if (advised === null) {
      return [
        el('p', {class: 'headline'}, reasons.length === 1 ? `No advice: ${reasons[0]}.` : 'No advice:'),
        list('notes', [...(reasons.length === 1 ? [] : reasons), saturation(saturatedTime, false)].filter(Boolean)),
        el('p', {}, trust(was, present, observedSeconds)),
      ];
    }
    return [
      el('p', {class: 'headline'}, `Advised: ${settingsText(settingsOf(advised, present))}. ${compared(settingsOf(advised, present), advised, present)}`),
      el('p', {}, `${besides(advised, present)} ${trust(was, present, observedSeconds)}`),
      list('notes', [...reasons, saturation(saturatedTime, false)].filter(Boolean)),
      linesOf(answer),
    ];
  }

  /** Plot and table of all that was answered, and what no answer has in it. */
  #both() {
    const loop = this.#tried?.answer.closedLoop ?? null;
    const advice = this.#advice?.answer ?? null;
    const rows = [];
    const add = (kind, name, settings, outcome, atMost = null) => rows.push({kind, name, settings, outcome, atMost});
    if (loop === null && advice === null) {
      return [this.#leftOut(this.#tried.answer, [])];
    }
    const present = advice?.present ?? {outcome: loop.present, outcomeAtMost: loop.presentAtMost};
    add('was', 'really was', null, (advice ?? loop).was);
    add('present', 'present settings', {}, present.outcome, present.outcomeAtMost);
    if (loop !== null && Object.keys(this.#tried.changed).length > 0) {
      add('asked', settingsText(this.#tried.changed), this.#tried.changed, loop.other, loop.otherAtMost);
    }
    add('perfect', 'perfect', null, (advice ?? loop).perfect);
    for (const one of advice?.tried ?? []) {
      const settings = settingsOf(one, present);
      const isAdvised = advice.advised !== null && settingsText(settings) === settingsText(settingsOf(advice.advised, present));
      if (settingsText(settings) !== '') {
        add(isAdvised ? 'advised' : 'tried', settingsText(settings), settings, one.outcome, one.outcomeAtMost);
      }
    }
    this.#plot.show(rows);
    const answer = this.#advice?.answer ?? this.#tried.answer;
    return [this.#plot.element, this.#table(rows), this.#leftOut(answer, advice?.assumed ?? loop.assumed)];
  }

  #table(rows) {
    const withMoney = rows.some(({outcome}) => outcome.costAMonth !== null);
    const heads = ['Settings', 'Replica-hours', ...(withMoney ? ['A month'] : []), 'Overloaded', 'Of demand', 'Longest', 'Changes', 'Replicas'];
    const cells = ({outcome, atMost}) => [
      span(hours, outcome, atMost, (one) => one.replicaHours),
      ...(withMoney ? [span(money, outcome, atMost, (one) => one.costAMonth)] : []),
      span(overload, outcome, atMost, (one) => one.overloadedTime),
      span(overload, outcome, atMost, (one) => one.overloadedDemand),
      outcome.longestOverloadSeconds === 0 ? 'none' : duration(outcome.longestOverloadSeconds),
      String(outcome.scaleEvents),
      `${outcome.fewestReplicas} to ${outcome.mostReplicas}`,
    ];
    const byCost = [...rows].sort((one, other) => one.outcome.replicaHours - other.outcome.replicaHours);
    return el('div', {class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table of settings, the cheapest first'},
      el('table', {}, el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', {scope: 'col'}, head)))),
        el('tbody', {}, ...byCost.map((row) => el('tr', {'data-kind': row.kind},
          el('th', {scope: 'row'}, signOf(row.kind), this.#name(row)),
          ...cells(row).map((cell, i) => el('td', {'data-label': heads[i + 1]}, cell)))))));
  }

  /** What can be asked is put into the form. */
  #name({kind, name, settings}) {
    const marked = kind === 'advised' ? `${name} (advised)` : kind === 'asked' ? `${name} (asked)` : name;
    return settings === null ? marked
      : el('button', {type: 'button', class: 'link', title: 'Into the form', click: () => this.#take(settings)}, marked);
  }

  #leftOut({leftOut}, assumed) {
    return el('details', {class: 'left-out'}, el('summary', {}, 'What is assumed, and what is left out'),
      assumed.length > 0 ? el('p', {}, 'Assumed, because it was neither given nor seen:') : null, list('', assumed),
      el('p', {}, 'Left out:'), list('', leftOut));
  }
}

/** The changed settings, with the minimum where it is another. */
function settingsOf(one, present) {
  const changed = Object.fromEntries(Object.entries(one.changed ?? {}).sort());
  return one.minReplicaCount === present.minReplicaCount ? changed : {...changed, minReplicaCount: String(one.minReplicaCount)};
}

function list(name, items) {
  return items.length === 0 ? null : el('ul', {class: name || null}, ...items.map((item) => el('li', {}, item)));
}

/** What to write into the ScaledObject; nothing where nothing is changed. */
function linesOf({scaledObjectLines, shadowLines}) {
  return scaledObjectLines === '' ? null : el('div', {class: 'lines'},
    copied('As a shadow first', shadowLines, 'It is only shown. KEDA gets nothing of it.'),
    copied('In the ScaledObject', scaledObjectLines, 'Changes what is reported to KEDA.'));
}

/** Lines to copy. */
function copied(title, lines, note) {
  const block = el('pre', {tabindex: '0', role: 'region', 'aria-label': title}, lines);
  const button = el('button', {
    type: 'button',
    'aria-label': `Copy: ${title}`,
    click: async () => {
      try {
        await navigator.clipboard.writeText(lines);
        say(button, 'Copied');
      } catch {
        // Without https or localhost there is no clipboard: what is to be copied is selected
        getSelection().selectAllChildren(block);
        say(button, 'Selected');
      }
    },
  }, 'Copy');
  return el('div', {}, el('div', {class: 'section-head'}, el('strong', {}, title), button), block, el('p', {class: 'dim'}, note));
}
