// Four numbers: replicas, load, what KEDA is told, what the HPA will do.

import {el, mark, say} from './dom.js';
import {UNKNOWN, amount, bounds, count, isPaused, number, percent} from './words.js';

export class Tiles {
  element = el('div', {class: 'tiles'});
  #tiles = new Map();

  constructor() {
    for (const label of ['Replicas', 'Load', 'KEDA is told', 'The HPA']) {
      const value = el('div', {class: 'tile-value'});
      const note = el('div', {class: 'dim'});
      const tile = el('div', {class: 'tile'}, el('div', {class: 'dim'}, label), value, note);
      this.#tiles.set(label, {tile, value, note});
      this.element.append(tile);
    }
  }

  update({decision, arithmetic}) {
    this.#say('Replicas', replicasNow(decision), bounds(decision));
    this.#say('Load', ...load(decision, arithmetic));
    mark(this.#tiles.get('Load').tile, 'data-over', decision.loadShare > 1 ? 'true' : null);
    this.#say('KEDA is told', decision.value === null ? 'UNAVAILABLE' : number(decision.value, 2),
      decision.value === null ? 'no value' : `target ${number(decision.targetValue, 2)}`);
    this.#say('The HPA', ...hpaWill(decision));
  }

  #say(label, value, note) {
    say(this.#tiles.get(label).value, value);
    say(this.#tiles.get(label).note, note);
  }
}

function replicasNow(view) {
  if (view.replicasWanted === null) {
    return UNKNOWN;
  }
  return view.replicasWanted === view.replicasPresent ? `${view.replicasWanted}` : `${view.replicasPresent} of ${view.replicasWanted}`;
}

/** As a share of what the replicas carry at the target. */
function load(view, arithmetic) {
  const carried = view.replicasWanted === null ? null : view.targetValue * view.replicasWanted;
  if (view.demand !== null) {
    const total = view.aggregationType === 'sum'
      ? `${number(view.demand, 2)} of ${number(carried, 2)} at the target`
      : `target ${amount(view.targetValue, view.signalUnit)} each`;
    return [percent(view.loadShare), view.loadShare === null ? '' : total];
  }
  return !view.isOld && arithmetic !== null && arithmetic.atLeast !== null && carried > 0
    ? [between(arithmetic, (value) => percent(value / carried), ' %'), `${between(arithmetic, (value) => number(value, 2))} of ${number(carried, 2)}`]
    : [UNKNOWN, `target ${amount(view.targetValue, view.signalUnit)} each`];
}

/** "75 to 100 %"; the same in words is said once. */
function between({atLeast, atMost}, words, unit = '') {
  const [least, most] = [words(atLeast), words(atMost)];
  return least === most ? most : `${least.replace(unit, '')} to ${most}`;
}

function hpaWill(view) {
  if (isPaused(view)) {
    return ['is away', 'KEDA is paused'];
  }
  if (view.replicasAfter === null) {
    return view.replicasWanted === 0 ? ['is off', 'at 0 replicas KEDA decides'] : ['changes nothing', 'it gets no value'];
  }
  const change = view.replicasAfter - view.replicasWanted;
  const note = view.replicasAfter === view.hpaDesiredReplicas ? '' : `asked for ${view.hpaDesiredReplicas}`;
  return [change === 0 ? `stays at ${view.replicasAfter}` : `${change > 0 ? 'goes up' : 'goes down'} to ${view.replicasAfter}`, note || count(view.replicasAfter, 'replica').replace(/^\d+ /, '')];
}
