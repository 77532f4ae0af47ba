// The way from what was seen to what becomes of it, step by step.

import {el, say} from './dom.js';
import {carries, hpa, saw, told} from './words.js';

export class Steps {
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
