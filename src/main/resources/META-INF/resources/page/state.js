// A state as a badge: a sign and a word, so that the colour says nothing of its own.

import {el, mark, say} from './dom.js';
import {STATES} from './words.js';

export function badge() {
  const sign = el('span', {class: 'sign', 'aria-hidden': 'true'});
  const label = el('span');
  const element = el('span', {class: 'badge'}, sign, label);
  return {
    element,
    update(state) {
      mark(element, 'data-state', state);
      mark(element, 'data-tone', STATES[state].tone);
      say(sign, STATES[state].sign);
      say(label, STATES[state].label);
    },
  };
}

/** The address of a trigger's view. */
export const linkTo = ({namespace, name, triggerName}, at) =>
  `#/${[namespace, name, triggerName].map(encodeURIComponent).join('/')}${at ? `?at=${encodeURIComponent(at)}` : ''}`;
