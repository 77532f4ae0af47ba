// What happened, in words: a line for each change of the state or of the wanted replicas, the latest first.

import {el, mark, say, Rows} from './dom.js';
import {badge} from './state.js';
import {clock} from './time.js';
import {count} from './words.js';

export class TransitionList {
  element = el('section', {class: 'transitions', 'aria-labelledby': 'transitions'}, el('h2', {id: 'transitions'}, 'What happened'));
  #list = el('ol');
  #rows;
  #none = el('p', {class: 'dim'}, 'Nothing has changed since the scaler was started.');
  #all = [];

  /** onMoment(at): someone wants to see that moment. */
  constructor(onMoment) {
    this.#rows = new Rows(this.#list, (first) => {
      const time = el('button', {type: 'button', class: 'link time', click: () => onMoment(first.at)});
      const state = badge();
      const replicas = el('span', {class: 'replicas'});
      const text = el('span', {class: 'summary-text'});
      return {
        element: el('li', {}, time, state.element, replicas, text),
        update(change) {
          say(time, clock(Date.parse(change.at), change.now));
          mark(time, 'title', 'Explain this moment');
          state.update(change.state);
          say(replicas, count(change.replicasWanted, 'replica'));
          say(text, change.summary);
        },
      };
    });
    this.element.append(this.#none, this.#list);
  }

  /** all: of one trigger, oldest first. */
  update(all, now) {
    this.#all = all;
    this.#none.hidden = all.length > 0;
    this.#rows.show([...all].reverse().map((change) => ({...change, now})), (change) => change.at);
  }

  /** Since when the state of a past moment was the same; null: that is not remembered. */
  sinceAt(moment, state) {
    const before = this.#all.filter((change) => Date.parse(change.at) <= Date.parse(moment));
    let first = before.length;
    while (first > 0 && before[first - 1].state === state) {
      first--;
    }
    return first < before.length ? before[first].at : null;
  }
}
