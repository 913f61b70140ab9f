// SPDX-License-Identifier: ISC
// Every action asks for a reason, and some for how long: a dialog of the browser's own.

import { button, make } from '../dom';

export interface Answer {
  readonly why: string;
  /** Seconds; null: for good, or it was not asked. */
  readonly seconds: number | null;
  /** What visitors are to read; '' for nothing. */
  readonly words: string;
}

const HOUR = 3600;
const PERIODS: readonly (readonly [number | null, string])[] = [
  [HOUR, '1 hour'],
  [24 * HOUR, '1 day'],
  [7 * 24 * HOUR, '1 week'],
  [null, 'until it is ended'],
];
/** The server keeps no more bytes. */
const WHY_MAX = 199;
const WORDS_MAX = 63;

/** Null when it was left. */
export function ask(
  title: string,
  verb: string,
  withPeriod: boolean,
  withWords = false,
): Promise<Answer | null> {
  const dialog = make('dialog', { className: 'surface staff-ask' });
  const why = make('input', { type: 'text', name: 'why', maxLength: WHY_MAX, required: true });
  why.autocomplete = 'off';
  const words = make('input', { type: 'text', name: 'words', maxLength: WORDS_MAX });
  words.autocomplete = 'off';
  const period = make('select', { name: 'period' });
  PERIODS.forEach(([, words], i) => period.append(make('option', { value: String(i), textContent: words })));
  period.value = '1';
  const form = make('form', { method: 'dialog' });
  form.append(make('h2', { textContent: title }));
  if (withPeriod) form.append(make('label', {}, 'For how long', period));
  form.append(make('label', {}, 'Reason, for the audit', why));
  if (withWords) form.append(make('label', {}, 'What visitors read, if anything', words));
  const actions = make('div', { className: 'actions' });
  const go = make('button', { type: 'submit', value: 'go', textContent: verb, className: 'main' });
  actions.append(
    button('Cancel', () => dialog.close('')),
    go,
  );
  form.append(actions);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  why.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const seconds = withPeriod ? PERIODS[Number(period.value)]![0] : null;
      resolve(dialog.returnValue === 'go' ? { why: why.value.trim(), seconds, words: words.value.trim() } : null);
      dialog.remove();
    });
  });
}
