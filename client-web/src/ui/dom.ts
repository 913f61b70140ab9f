// SPDX-License-Identifier: ISC
// Making elements by hand. Texts are always texts, never markup.

export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  values: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), values);
  element.append(...children);
  return element;
}

export function button(words: string, click: () => void): HTMLButtonElement {
  const element = make('button', { type: 'button', textContent: words });
  element.addEventListener('click', click);
  return element;
}
